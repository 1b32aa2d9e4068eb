import { Button } from '@mantine/core';
import { Fragment, useState } from 'react';
import { VirtualRows } from '../../../components/admin/VirtualRows.jsx';
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

const Head = ({ section, shown, onFold }) => {
  if (section.folds) return <button type="button" className={rows.fold} aria-expanded={shown} onClick={() => onFold(section.id)}><Icon name="right" size={12} /><span className="trunc grow">{section.title}</span><span className="num">{section.incidents.length}</span></button>;
  return section.title && <h3 className={rows.day}>{section.title}</h3>;
};

/** Which sections are unfolded: those that were opened, and the one that holds the incident that is shown. */
const useFolds = (sections, id) => {
  const [opened, setOpened] = useState(new Set());
  const isShown = (section) => !section.folds || opened.has(section.id) || section.incidents.some((one) => one.id === id);
  return [sections.map((section) => ({ ...section, shown: isShown(section) })), (one) => setOpened((old) => old.symmetricDifference(new Set([one])))];
};

const heights = { head: 34, incident: 58 };
const virtualOver = 150;
const rowsOf = ({ incidents, ...section }) => [{ key: section.id, type: 'head', section: { ...section, incidents } }, ...(section.shown ? incidents.map((incident) => ({ key: incident.id, type: 'incident', incident })) : [])];

/** All sections; of a long list only what is near the window is drawn. */
const Sections = ({ sections, view, pathOf, onFold }) => {
  const all = sections.flatMap(rowsOf);
  if (all.length > virtualOver) {
    const draw = ({ section, incident }) => (section ? <Head section={section} shown={section.shown} onFold={onFold} /> : <IncidentRow incident={incident} to={pathOf(incident.id)} current={incident.id === view.id} />);
    return <VirtualRows rows={all} heights={heights} enabled draw={draw} />;
  }
  return sections.map((section) => (
    <Fragment key={section.id}>
      <Head section={section} shown={section.shown} onFold={onFold} />
      {section.shown && <ul><Rows incidents={section.incidents} view={view} pathOf={pathOf} /></ul>}
    </Fragment>
  ));
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
  const [sections, onFold] = useFolds(incidentSections(shown, zone, now), view.id);
  if (!shown.length) return <Nothing view={view} change={change} />;
  return (
    <div {...handlers}>
      {changed && <p className={styles.changed}><button type="button" className="link small tall" onClick={update}>Order changed, update</button></p>}
      <Sections sections={sections} view={view} pathOf={pathOf} onFold={onFold} />
      {query.hasNextPage && <p className={styles.more}><button type="button" className="link small tall" disabled={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>{isOpen(shown.at(-1)) ? 'Show more' : 'Show older'}</button></p>}
    </div>
  );
};
