import { Link } from 'react-router';
import { useRules } from '../../../api/alertRules.js';
import { useHasRole } from '../../../api/session.js';
import { useEndSilence, useSilences } from '../../../api/silences.js';
import { QueryCard } from '../../../hooks/QueryCard.jsx';
import { useQuietView } from '../../../hooks/useQuietView.js';
import { useNow } from '../../../lib/clock.js';
import { formatShortDuration } from '../../../lib/formatDuration.js';
import { actorWords } from '../../../lib/pipelineWords.js';
import { usePreference } from '../../../lib/preferences.js';
import { newSilence, silenceDraft, silenceTitle } from '../../../lib/silenceForm.js';
import { ConfirmButton } from '../../ConfirmButton.jsx';
import { EmptyState } from '../../EmptyState.jsx';
import { GuardedButton } from '../../GuardedButton.jsx';
import { Icon } from '../../Icon.jsx';
import { Moment } from '../../Moment.jsx';
import { StatusShape } from '../../StatusShape.jsx';
import { MuteTimings } from './MuteTimings.jsx';
import styles from './quiet.module.css';
import { SilenceDialog } from './SilenceDialog.jsx';

const parts = [['active', 'Active'], ['planned', 'Planned'], ['ended', 'Ended, last 7 days']];
const shapes = { active: 'held', planned: 'stale', ended: 'paused' };

const Left = ({ at }) => <span className="num">{formatShortDuration(Math.max(0, (Date.parse(at) - useNow()) / 1000))}</span>;

const Times = ({ silence }) => {
  const { state, starts_at: from, ends_at: until, ended_by: endedBy } = silence;
  if (state === 'ended') return <>Ended <Moment at={until} minutes />{endedBy && ` by ${actorWords(endedBy)}`}</>;
  if (state === 'planned') return <>From <Moment at={from} minutes /> until <Moment at={until} minutes /></>;
  return <>Until <Moment at={until} minutes />, <Left at={until} /> left</>;
};

const Holding = ({ ids }) => (
  <p className="small mid">
    Holds back {ids.slice(0, 5).map((id, at) => <span key={id}>{at > 0 && ', '}<Link className="link" to={`/admin/incidents/${id}`}>incident {id}</Link></span>)}{ids.length > 5 && ` and ${ids.length - 5} more`} now.
  </p>
);

const Row = ({ silence, names, can, onEdit }) => {
  const end = useEndSilence();
  const title = silenceTitle(silence, names);
  return (
    <li className={styles.item}>
      <StatusShape status={shapes[silence.state]} className={silence.state === 'planned' ? 'c-unknown' : ''} />
      <div className="grow">
        <p className="strong">{title}</p>
        <p className="mid">{silence.reason}</p>
        <p className="small dim"><Times silence={silence} />, by {actorWords(silence.created_by)}</p>
        {silence.holding.length > 0 && <Holding ids={silence.holding} />}
        {silence.state === 'active' && !silence.holding.length && <p className="small dim">Holds back nothing now.</p>}
      </div>
      {silence.state !== 'ended' && (
        <div className={styles.buttons}>
          <GuardedButton size="xs" allowed={can} needs="operator" aria-label={`Edit the silence of ${title}`} onClick={() => onEdit(silence.id)}>Edit</GuardedButton>
          <ConfirmButton verb="End now" label={`End now: the silence of ${title}`} question={`End the silence of ${title}? What still fires is told at once.`} allowed={can} reason="Needs the operator role" pending={end.isPending} problem={end.error} onConfirm={(then) => end.mutate(silence.id, then)} />
        </div>
      )}
    </li>
  );
};

const List = ({ silences, ...rest }) => {
  if (!silences.length) return <EmptyState title="Nothing is silenced.">A silence tells nobody of what it matches, until a time. Incidents still open and show.</EmptyState>;
  return parts.map(([state, words]) => {
    const those = silences.filter((one) => one.state === state);
    return those.length > 0 && <section key={state} aria-label={words}><h3 className={styles.part}>{words}</h3><ul>{those.map((one) => <Row key={one.id} silence={one} {...rest} />)}</ul></section>;
  });
};

/** What is quiet, until when, and why: silences, which end by themselves, and mute timings, which come again. */
export const Silences = () => {
  const query = useSilences();
  const can = useHasRole('operator');
  const zone = usePreference('zone');
  const names = new Map((useRules().data?.rules ?? []).map(({ id, name }) => [id, name]));
  const [view, change] = useQuietView();
  const close = () => change('silence');
  const found = query.data?.silences.find(({ id, state }) => id === view.silence && state !== 'ended');
  const add = <GuardedButton size="sm" allowed={can} needs="operator" leftSection={<Icon name="muted" size={14} />} onClick={() => change('silence', 'new')}>New silence</GuardedButton>;
  return (
    <div className="stack">
      <QueryCard id="silences" title="Silences" query={query} aside={add} rows={3} rowHeight={72}>
        {({ silences }) => <List silences={silences} names={names} can={can} onEdit={(id) => change('silence', id)} />}
      </QueryCard>
      <MuteTimings can={can} open={view.timing} change={change} />
      {view.silence === 'new' && <SilenceDialog start={newSilence} onClose={close} />}
      {found && <SilenceDialog key={found.id} silence={found} start={silenceDraft(found, zone)} onClose={close} />}
    </div>
  );
};
