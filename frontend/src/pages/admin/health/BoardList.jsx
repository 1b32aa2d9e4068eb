import { Button } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { HealthTable } from '../../../components/admin/HealthTable.jsx';
import { ServiceGrid } from '../../../components/admin/ServiceGrid.jsx';
import styles from '../../../components/admin/health.module.css';
import { ServiceCard } from '../../../components/cards/ServiceCard.jsx';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { useHeldGroups } from '../../../hooks/useHeldGroups.js';
import { filterWords } from '../../../lib/filterServices.js';
import { FirstRun } from './FirstRun.jsx';
import { OpenCard } from './OpenCard.jsx';

const isOwn = (service) => service.source.kind === 'self' || service.group === 'Belfry';

const OrderNote = ({ changed, onUpdate }) =>
  changed && <div className={styles.order}><button type="button" onClick={onUpdate}>Order changed, update</button></div>;

/** The services themselves, as cards in groups or as a table. */
export const BoardList = ({ mode, drawn, view, change, text, onText, checks, can, act, held, inside, activeId, onActive }) => {
  const { groups, changed, update } = useHeldGroups(drawn.groups, { held, wish: drawn.wish });
  const [folds, setFolds] = useState({});
  const filtered = text.trim() !== '' || view.status.length > 0;
  const isFolded = useCallback(
    (group) => folds[group.name] ?? (group.calm && !filtered && !group.ids.some((id) => id === view.selected || view.open.includes(id))),
    [folds, filtered, view.open, view.selected],
  );
  const openIds = useOpenIds(view.open);
  useSelectedInView(view.selected);

  if (drawn.all.length === 0) return <FirstRun canAdd={can.administer} onAdd={act.add} />;
  if (drawn.sorted.length === 0) {
    const clear = () => {
      onText('');
      change({ q: '', status: '' });
    };
    return <section className="card"><EmptyState title={`No service matches ${filterWords({ text, statuses: view.status })}.`} action={<Button onClick={clear}>Clear filters</Button>} /></section>;
  }
  if (mode === 'table') {
    return <HealthTable services={drawn.sorted} names={drawn.names} sort={view.sort} onSort={(sort) => change({ sort })} onOpen={(id) => change({ view: '', open: [id], selected: id })} inside={inside} />;
  }
  const renderCard = (service, { open, ...card }) => {
    const check = checks[service.id];
    const shared = { ...card, service, names: drawn.names, selected: view.selected === service.id };
    return open ? (
      <OpenCard key={service.id} {...shared} check={check} can={can} act={act} />
    ) : (
      <ServiceCard key={service.id} {...shared} check={check?.faded ? undefined : check} onToggle={act.toggle} />
    );
  };
  return (
    <div>
      {drawn.all.every(isOwn) && !filtered && <FirstRun canAdd={can.administer} onAdd={act.add} />}
      <OrderNote changed={changed} onUpdate={update} />
      <ServiceGrid groups={groups} byId={drawn.byId} openIds={openIds} isFolded={isFolded} onFold={(group) => setFolds({ ...folds, [group.name]: !isFolded(group) })} renderCard={renderCard} activeId={activeId} onActive={onActive} inside={inside} />
    </div>
  );
};

const useOpenIds = (open) => {
  const key = open.join(',');
  const [kept, setKept] = useState({ key, ids: new Set(open) });
  if (kept.key !== key) setKept({ key, ids: new Set(open) });
  return kept.ids;
};

/** What was chosen in the graph, named by a link, or just added, is brought into view once it is there. */
const useSelectedInView = (selected) => {
  const shown = useRef('');
  useEffect(() => {
    if (shown.current === selected) return;
    const card = selected && document.querySelector(`[data-service="${CSS.escape(selected)}"]`);
    if (card) card.scrollIntoView({ block: 'nearest' });
    if (card || !selected) shown.current = selected;
  });
};
