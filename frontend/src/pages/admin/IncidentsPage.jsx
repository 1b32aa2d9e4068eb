import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { useIncident, useIncidentList } from '../../api/incidents.js';
import { refreshSeconds } from '../../api/polling.js';
import { SilenceDialog } from '../../components/admin/alerts/SilenceDialog.jsx';
import { EmptyState } from '../../components/EmptyState.jsx';
import { Icon } from '../../components/Icon.jsx';
import { LoadFailed } from '../../components/LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../../components/Skeleton.jsx';
import { QueryNote, useAgedClass } from '../../hooks/QueryNote.jsx';
import { useIncidentsView } from '../../hooks/useIncidentsView.js';
import { usePage } from '../../hooks/usePage.js';
import { useShortcut } from '../../hooks/useShortcut.js';
import { neighbourOf } from '../../lib/incidentGroups.js';
import { isOpen } from '../../lib/incidentWords.js';
import { newSilence, silenceOfIncident } from '../../lib/silenceForm.js';
import { usePhone } from '../../lib/usePhone.js';
import { IncidentDetail } from './incidents/IncidentDetail.jsx';
import { IncidentList } from './incidents/IncidentList.jsx';
import styles from './incidents/incidents.module.css';
import { IncidentToolbar } from './incidents/IncidentToolbar.jsx';

const filterOf = ({ state, severity, service, held }) => ({ state, severity, service, held: held ? 'with' : 'without' });

const ListCard = ({ query, ...rest }) => {
  const settled = () => (query.data ? <IncidentList query={query} {...rest} /> : <LoadFailed problem={query.error} what="the incidents" onRetry={query.refetch} />);
  return (
    <section className={`card ${styles.list} ${useAgedClass(query)}`} aria-label="Incidents">
      <QueryNote query={query} />
      <Skeleton loading={query.isPending} label="Loading the incidents" then={settled}><SkeletonRows rows={8} height={58} /></Skeleton>
    </section>
  );
};

const Nothing = () => <EmptyState title="Nothing is firing.">Choose an incident to see what happened.</EmptyState>;

/** On a wide page the worst open incident is shown when none is chosen: the address says which. */
const useFirstOpen = (query, view, open, phone) => {
  const first = query.data?.incidents.find(isOpen)?.id;
  const wanted = !phone && !view.id ? first : undefined;
  useEffect(() => {
    if (wanted) open(wanted, { replace: true });
  }, [wanted, open]);
};

const Dialog = ({ view, change }) => {
  const detail = useIncident(view.id);
  const close = () => change({ panel: '' });
  if (view.panel === 'silence-any') return <SilenceDialog start={newSilence} onClose={close} />;
  if (view.panel === 'silence' && detail.data) return <SilenceDialog start={silenceOfIncident(detail.data.incident)} onClose={close} />;
  return null;
};

/** Incidents: was anyone told, did it arrive, who is next, what else broke. */
export const IncidentsPage = () => {
  const [view, change, pathOf, open] = useIncidentsView();
  const query = useIncidentList(filterOf(view));
  const phone = usePhone();
  const service = useRef(null);
  usePage('Incidents', { updatedAt: query.dataUpdatedAt, refreshSeconds, refresh: query.refetch });
  useFirstOpen(query, view, open, phone);
  const move = (by) => {
    const to = neighbourOf(query.data?.incidents ?? [], view.id, by);
    if (to) open(to.id, { replace: true });
  };
  useShortcut('j', () => move(1));
  useShortcut('k', () => move(-1));
  useShortcut('/', () => service.current?.focus());
  const two = phone && view.id;
  return (
    <>
      {two ? <Link className={styles.back} to={pathOf('')}><Icon name="left" size={14} />All incidents</Link> : <IncidentToolbar view={view} change={change} counts={query.data?.counts} onSilence={() => change({ panel: 'silence-any' })} serviceRef={service} />}
      <div className={styles.columns}>
        {!two && <ListCard query={query} view={view} change={change} pathOf={pathOf} />}
        {(!phone || view.id) && (
          <section className={`card ${styles.detail}`} aria-label="Incident">{view.id ? <IncidentDetail view={view} change={change} pathOf={pathOf} /> : <Nothing />}</section>
        )}
      </div>
      <Dialog view={view} change={change} />
    </>
  );
};
