import { NativeSelect, TextInput } from '@mantine/core';
import { useRef } from 'react';
import { rulesSeconds } from '../../../api/alertRules.js';
import { AlertRuleCard } from '../../../components/cards/AlertRuleCard.jsx';
import { VirtualRows } from '../../../components/admin/VirtualRows.jsx';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { Icon } from '../../../components/Icon.jsx';
import { QueryNote, useAgedClass } from '../../../hooks/QueryNote.jsx';
import { useFilterText } from '../../../hooks/useFilterText.js';
import { useHeldPlaces } from '../../../hooks/useHeldOrder.js';
import { useInside } from '../../../hooks/useInside.js';
import { useShortcut } from '../../../hooks/useShortcut.js';
import { stateChoices, stateGroup } from '../../../lib/ruleWords.js';
import styles from './alerts.module.css';

const example = 'latency.p99 > 500 ms for 5 min';
const virtualOver = 200;
const heights = { rule: 74 };
const noLevels = {};

const isMeant = (rule, words, state) => (!state || stateGroup(rule) === state) && words.every((word) => `${rule.name} ${rule.metric} ${rule.id} ${rule.channels.join(' ')}`.toLowerCase().includes(word));

const Filter = ({ text, onText, state, onState, counts }) => {
  const input = useRef(null);
  useShortcut('/', () => input.current.focus());
  return (
    <div className={styles.filter}>
      <TextInput ref={input} className="grow" type="search" aria-label="Filter rules" placeholder="Filter rules" value={text} onChange={(event) => onText(event.currentTarget.value)} leftSection={<Icon name="search" size={13} />} rightSection={text ? null : <kbd className="desk">/</kbd>}
        onKeyDown={(event) => event.key === 'Escape' && (text ? onText('') : event.currentTarget.blur())} />
      <NativeSelect aria-label="State" value={state} onChange={(event) => onState(event.currentTarget.value)} data={stateChoices.map(([value, word]) => ({ value, label: value ? `${word} (${counts[value] ?? 0})` : word }))} />
    </div>
  );
};

const countsOf = (rules) => Object.fromEntries([...Map.groupBy(rules, stateGroup)].map(([state, found]) => [state, found.length]));

/** Moves through the list with j and k; e edits and t sends a test of the open rule. */
const useListKeys = ({ shown, open, virtual, can, act }) => {
  const at = shown.findIndex(({ id }) => id === open);
  const go = (to) => {
    if (!shown[to]) return;
    act.open(shown[to].id);
    if (virtual.current) virtual.current.scrollTo(to);
    else document.querySelector(`[data-rule="${shown[to].id}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  useShortcut('j', () => go(Math.min(at + 1, shown.length - 1)), shown.length > 0);
  useShortcut('k', () => go(at < 0 ? 0 : Math.max(at - 1, 0)), shown.length > 0);
  useShortcut('e', () => document.querySelector('[data-field="name"]')?.focus(), at >= 0);
  useShortcut('t', () => act.test(shown[at]), at >= 0 && can.edit && shown[at]?.channels.length > 0);
};

/** All rules, firing first; the order waits while the pointer or the focus is inside. */
export const RuleList = ({ query, view, change, channels, levels, wishes, tests, can, act }) => {
  const { rules } = query.data;
  const [text, setText] = useFilterText(view.q, change);
  const [inside, handlers] = useInside();
  const aged = useAgedClass(query, rulesSeconds);
  const virtual = useRef(null);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const { shown, changed, update } = useHeldPlaces(rules.filter((rule) => isMeant(rule, words, view.state)), inside, { wish: `${text} ${view.state}` });
  const names = new Map(channels.map(({ id, name }) => [id, name]));
  useListKeys({ shown, open: view.rule, virtual, can, act });
  const draw = ({ rule }) => <AlertRuleCard rule={rule} channels={names} levels={levels.get(rule.metric) ?? noLevels} isOpen={rule.id === view.rule} wish={wishes[rule.id]} test={tests[rule.id]} can={can} act={act} />;
  const clear = () => { setText(''); change({ q: '', state: '' }); };
  return (
    <section className={`card ${styles.list} ${aged}`} aria-label="Rules" {...handlers}>
      <Filter text={text} onText={setText} state={view.state} onState={(state) => change({ state })} counts={countsOf(rules)} />
      <QueryNote query={query} every={rulesSeconds} />
      {changed && <p className={styles.changed}>Order changed. <button type="button" className="link" onClick={update}>Update</button></p>}
      {shown.length > 0 && <div role="list"><VirtualRows ref={virtual} rows={shown.map((rule) => ({ key: rule.id, type: 'rule', rule }))} heights={heights} enabled={shown.length > virtualOver} draw={draw} /></div>}
      {!rules.length && <EmptyState title="There are no rules yet." example={example}>A rule says when a metric is wrong, for how long, and who is told.</EmptyState>}
      {rules.length > 0 && !shown.length && <EmptyState title={`No rule matches${text ? ` “${text}”` : ''}.`} action={<button type="button" className="link" onClick={clear}>Clear filters</button>} />}
    </section>
  );
};
