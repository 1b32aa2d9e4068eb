import { ActionIcon, Button, MultiSelect, TagsInput, TextInput } from '@mantine/core';
import { monthChoices, newSpan, weekDays } from '../../../lib/muteTiming.js';
import { Icon } from '../../Icon.jsx';
import styles from './quiet.module.css';

const toggled = (days, day) => (days.includes(day) ? days.filter((one) => one !== day) : weekDays.map(([id]) => id).filter((id) => id === day || days.includes(id)));

const Days = ({ days, onChange }) => (
  <div role="group" aria-label="Days; none means every day" className={styles.chips}>
    {weekDays.map(([id, word]) => <button key={id} type="button" className="chip" aria-pressed={days.includes(id)} onClick={() => onChange(toggled(days, id))}>{word}</button>)}
  </div>
);

const whole = (texts) => texts.map(Number).filter((day) => Number.isInteger(day) && day !== 0 && Math.abs(day) <= 31);

/** Spans in which it is quiet. Past midnight when the end is not later than the start. */
export const MuteSpans = ({ spans, set, fault }) => {
  const change = (at, changes) => set(spans.map((span, place) => (place === at ? { ...span, ...changes } : span)));
  return (
    <>
      {spans.map((span, at) => (
        <section key={at} className={styles.span} aria-label={`Span ${at + 1}`}>
          <div className="row">
            <b className="strong grow">Span {at + 1}</b>
            <ActionIcon size={24} variant="subtle" aria-label={`Remove span ${at + 1}`} disabled={spans.length === 1} onClick={() => set(spans.filter((_, place) => place !== at))}><Icon name="close" size={14} /></ActionIcon>
          </div>
          <Days days={span.days} onChange={(days) => change(at, { days })} />
          <div className={styles.two}>
            <TextInput label="From" placeholder="22:00" value={span.from_time} onChange={(event) => change(at, { from_time: event.currentTarget.value })} error={fault(`spans[${at}].from_time`)} />
            <TextInput label="To" description="" placeholder="07:00" value={span.until} onChange={(event) => change(at, { until: event.currentTarget.value })} error={fault(`spans[${at}].until`)} />
          </div>
          <div className={styles.two}>
            <MultiSelect size="sm" label="Months" placeholder={span.months.length ? '' : 'Any'} data={monthChoices} value={span.months.map(String)} onChange={(months) => change(at, { months: months.map(Number) })} />
            <TagsInput size="sm" label="Days of the month" placeholder={span.days_of_month.length ? '' : 'Any; -1 is the last'} value={span.days_of_month.map(String)} onChange={(days) => change(at, { days_of_month: whole(days) })} error={fault(`spans[${at}].days_of_month`)} />
          </div>
        </section>
      ))}
      <div><Button size="sm" leftSection={<Icon name="plus" size={14} />} onClick={() => set([...spans, newSpan])}>Add span</Button></div>
    </>
  );
};
