import { TextInput } from '@mantine/core';
import { formatCount } from '../../lib/formatNumber.js';
import { statusOrder, statusWords } from '../../lib/status.js';
import { GuardedButton } from '../GuardedButton.jsx';
import { Icon } from '../Icon.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './health.module.css';

const chips = [...statusOrder, 'risk'];
const viewWords = [['grid', 'Grid'], ['table', 'Table'], ['graph', 'Graph'], ['split', 'Split']];
const hint = 'Words, or group:shop kind:http status:down tag:payments; a minus leaves out';

const toggled = (list, value) => (list.includes(value) ? list.filter((one) => one !== value) : [...list, value]);

/** Chips with unfiltered counts, the filter, the view and "Add service". */
export const HealthToolbar = ({ counts, total, statuses, onStatuses, text, onText, view, onView, filterRef, canAdd, onAdd }) => (
  <div className={styles.bar}>
    <div className={styles.chips} role="group" aria-label="Show services by status">
      <button type="button" className="chip" aria-pressed={statuses.length === 0} onClick={() => onStatuses([])}>All <b>{formatCount(total)}</b></button>
      {chips.map((status) => (
        <button key={status} type="button" className="chip" aria-pressed={statuses.includes(status)} onClick={() => onStatuses(toggled(statuses, status))}>
          <StatusShape status={status} size={13} />
          {statusWords[status]} <b>{formatCount(counts[status])}</b>
        </button>
      ))}
    </div>
    <div className={styles.tools}>
      <TextInput
        ref={filterRef}
        className={styles.filter}
        size="sm"
        type="search"
        aria-label="Filter services"
        placeholder="Filter services"
        title={hint}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && (text ? onText('') : event.currentTarget.blur())}
        leftSection={<Icon name="search" size={13} />}
        rightSection={text ? null : <kbd className="desk">/</kbd>}
      />
      <div className="seg desk" role="group" aria-label="View">
        {viewWords.map(([value, word]) => (
          <button key={value} type="button" aria-pressed={view === value} onClick={() => onView(value)}>{word}</button>
        ))}
      </div>
      <GuardedButton allowed={canAdd} size="sm" variant="filled" leftSection={<Icon name="plus" size={14} />} onClick={onAdd}>Add service</GuardedButton>
    </div>
  </div>
);
