import { useState } from 'react';
import { useAroundStart, useCommentIncident, useEscalateIncident, useIncident, useResolveIncident, useRetryDelivery, useWholeTimeline } from '../../../api/incidents.js';
import { useHasRole } from '../../../api/session.js';
import { CommentForm } from '../../../components/incidents/CommentForm.jsx';
import { EscalationSide } from '../../../components/incidents/EscalationSide.jsx';
import { IncidentHead } from '../../../components/incidents/IncidentHead.jsx';
import { IncidentNotes } from '../../../components/incidents/IncidentNotes.jsx';
import styles from '../../../components/incidents/incidents.module.css';
import { MetricBars } from '../../../components/incidents/MetricBars.jsx';
import { EarlierList, ImpactList, RuleSide, SeriesList } from '../../../components/incidents/Side.jsx';
import { Timeline } from '../../../components/incidents/Timeline.jsx';
import { LoadFailed } from '../../../components/LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../../../components/Skeleton.jsx';
import { QueryNote, useAgedClass } from '../../../hooks/QueryNote.jsx';
import { useAcknowledge } from '../../../hooks/useAcknowledge.js';
import { useShortcut } from '../../../hooks/useShortcut.js';
import { minutesAround } from '../../../lib/aroundStart.js';
import { useNow } from '../../../lib/clock.js';
import { problemWords } from '../../../lib/problem.js';

const newest = 100; // entries that come with the incident

const useTimeline = ({ incident, timeline }) => {
  const [whole, setWhole] = useState(false);
  const query = useWholeTimeline(incident.id, whole);
  if (!whole || !query.data) return { entries: timeline, older: { more: timeline.length >= newest && !query.isFetching, pending: query.isFetching, load: () => setWhole(true) } };
  return { entries: query.data, older: { more: query.hasNextPage, pending: query.isFetchingNextPage, load: () => query.fetchNextPage() } };
};

const Around = ({ detail }) => {
  const { data, isPending, error } = useAroundStart(detail);
  const now = useNow(60);
  if (isPending) return <section><div className="skeleton" style={{ height: 90 }} /></section>;
  if (error) return <section><p className="small dim">The metric did not load. {problemWords(error)}</p></section>;
  return <MetricBars detail={detail} minutes={data ? minutesAround(detail, data, now) : null} />;
};

const Side = ({ detail, pathOf }) => {
  const { incident, members, escalation, impact, earlier } = detail;
  return (
    <aside className={styles.side} aria-label="About the incident">
      {escalation && <EscalationSide escalation={escalation} since={incident.fired_at} />}
      {impact.length > 0 && <ImpactList impact={impact} />}
      {members.length > 1 && <SeriesList members={members} incident={incident} />}
      <Around detail={detail} />
      <EarlierList earlier={earlier} pathOf={pathOf} />
      <RuleSide detail={detail} />
    </aside>
  );
};

const Story = ({ detail, view, change, pathOf, allowed }) => {
  const { incident } = detail;
  const escalate = useEscalateIncident();
  const retry = useRetryDelivery();
  const comment = useCommentIncident();
  const { entries, older } = useTimeline(detail);
  return (
    <div className={styles.story}>
      <Timeline
        entries={entries}
        escalation={detail.escalation}
        heldBack={detail.held_back}
        filter={view.show}
        onFilter={(show) => change({ show })}
        pathOf={pathOf}
        older={older}
        page={{ allowed, pending: escalate.isPending, problem: escalate.error, ask: () => escalate.mutate(incident.id) }}
        onRetry={allowed ? (id) => retry.mutate(id) : null}
      />
      <CommentForm allowed={allowed} pending={comment.isPending} problem={comment.error} onSend={(text, then) => comment.mutate({ id: incident.id, comment: text }, then)} />
    </div>
  );
};

const Incident = ({ detail, view, change, pathOf }) => {
  const { incident } = detail;
  const allowed = useHasRole('operator');
  const acknowledge = useAcknowledge(incident);
  const resolve = useResolveIncident();
  const silence = () => change({ panel: 'silence' });
  useShortcut('a', acknowledge.ask, allowed && incident.state === 'firing');
  useShortcut('s', silence, allowed && !incident.resolved_at);
  return (
    <>
      <IncidentHead detail={detail} acknowledge={acknowledge} canSilence={allowed} onSilence={silence}
        resolve={{ allowed, pending: resolve.isPending, problem: resolve.error, ask: (comment, then) => resolve.mutate({ id: incident.id, comment }, then) }} />
      <IncidentNotes incident={incident} refusal={acknowledge.refusal} pathOf={pathOf} />
      <div className={styles.main}>
        <Story detail={detail} view={view} change={change} pathOf={pathOf} allowed={allowed} />
        <Side detail={detail} pathOf={pathOf} />
      </div>
    </>
  );
};

/** One incident: what it is, what was done, what comes next, and what else it hits. */
export const IncidentDetail = ({ view, change, pathOf }) => {
  const query = useIncident(view.id);
  const aged = useAgedClass(query);
  const settled = () => (query.data ? <Incident key={view.id} detail={query.data} view={view} change={change} pathOf={pathOf} /> : <LoadFailed problem={query.error} what={`incident ${view.id}`} onRetry={query.refetch} />);
  return (
    <div className={aged}>
      <QueryNote query={query} />
      <Skeleton loading={query.isPending} label="Loading the incident" then={settled}><SkeletonRows rows={10} height={40} /></Skeleton>
    </div>
  );
};
