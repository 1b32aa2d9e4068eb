import { Button } from '@mantine/core';
import { useState } from 'react';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { Icon } from '../../../components/Icon.jsx';
import rows from '../../../components/incidents/incidents.module.css';
import { IncidentRow } from '../../../components/incidents/IncidentRow.jsx';
import { useHeldPlaces } from '../../../hooks/useHeldOrder.js';
import { useInside } from '../../../hooks/useInside.js';
import { noFilters } from '../../../hooks/useIncidentsView.js';
import { useNow } from '../../../lib/clock.js';
import { incidentSections } from '../../../lib/incidentGroups.js';
import { isOpen } from '../../../lib/incidentWords.js';
import { usePreference } from '../../../lib/preferences.js';
import styles from './incidents.module.css';

const Rows = ({ incidents, view, pathOf }) => incidents.map((one) => <li key={one.id}><IncidentRow incident={one} to={pathOf(one.id)} current={one.id === view.id} /></li>);

const Fold = ({ section, view, pathOf }) => {
  const [open, setOpen] = useState(false);
  const shown = open || section.incidents.some(({ id }) => id === view.id);
  return (
    <>
      <button type="button" className={rows.fold} aria-expanded={shown} onClick={() => setOpen(!open)}><Icon name="right" size={12} /><span className="trunc grow">{section.title}</span><span className="num">{section.incidents.length}</span></button>
      {shown && <ul><Rows incidents={section.incidents} view={view} pathOf={pathOf} /></ul>}
    </>
  );
};

const Section = ({ section, ...rest }) => {
  if (section.folds) return <Fold section={section} {...rest} />;
  return (
    <>
      {section.title && <h3 className={rows.day}>{section.title}</h3>}
      <ul><Rows incidents={section.incidents} {...rest} /></ul>
    </>
  );
};

const Nothing = ({ view, change }) => {
  const filtered = view.severity || view.service || view.state !== 'all';
  if (!filtered) return <EmptyState title="Nothing has fired yet.">When a rule fires, its incident opens here. A new installation comes with rules for every service.</EmptyState>;
  const words = [view.state !== 'all' && view.state, view.severity, view.service && `service ${view.service}`].filter(Boolean).join(', ');
  return <EmptyState title={`No incident matches ${words}.`} action={<Button size="sm" onClick={() => change(noFilters)}>Clear filters</Button>} />;
};

/** Incidents: open ones first, then resolved ones by day. The order waits while the pointer or the focus is among them. */
export const IncidentList = ({ query, view, change, pathOf }) => {
  const [inside, handlers] = useInside();
  const zone = usePreference('zone');
  const now = useNow(60);
  const wish = [view.state, view.severity, view.service, view.held].join();
  const { shown, changed, update } = useHeldPlaces(query.data.incidents, inside, { wish });
  const sections = incidentSections(shown, zone, now);
  if (!shown.length) return <Nothing view={view} change={change} />;
  return (
    <div {...handlers}>
      {changed && <p className={styles.changed}><button type="button" className="link small tall" onClick={update}>Order changed, update</button></p>}
      {sections.map((section) => <Section key={section.id} section={section} view={view} pathOf={pathOf} />)}
      {query.hasNextPage && <p className={styles.more}><button type="button" className="link small tall" disabled={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>{isOpen(shown.at(-1)) ? 'Show more' : 'Show older'}</button></p>}
    </div>
  );
};
