import { useDeleteMuteTiming, useMuteTimings } from '../../../api/silences.js';
import { QueryCard } from '../../../hooks/QueryCard.jsx';
import { useNow } from '../../../lib/clock.js';
import { plural } from '../../../lib/formatNumber.js';
import { clockIn, spanWords } from '../../../lib/muteTiming.js';
import { isOfFile, whereToChange } from '../../../lib/fileWords.js';
import { ConfirmButton } from '../../ConfirmButton.jsx';
import { EmptyState } from '../../EmptyState.jsx';
import { FileBadge } from '../../FileBadge.jsx';
import { GuardedButton } from '../../GuardedButton.jsx';
import { Icon } from '../../Icon.jsx';
import { Moment } from '../../Moment.jsx';
import { StatusShape } from '../../StatusShape.jsx';
import { MuteTimingDialog } from './MuteTimingDialog.jsx';
import styles from './quiet.module.css';

const Timing = ({ timing, can, onEdit }) => {
  const now = useNow(60);
  const remove = useDeleteMuteTiming();
  const used = timing.used_by.length;
  const ofFile = isOfFile(timing);
  return (
    <li className={styles.item}>
      <StatusShape status={timing.active_until ? 'held' : 'stale'} className={timing.active_until ? '' : 'c-unknown'} />
      <div className="grow">
        <p><b className="strong">{timing.name}</b> <FileBadge one={timing} /> {timing.active_until ? <span className="mid">On until <Moment at={timing.active_until} minutes /></span> : <span className="dim">Not on now</span>}</p>
        {timing.spans.map((span, at) => <p key={at} className="small mid">{spanWords(span)}</p>)}
        <p className="small dim">{timing.time_zone}, {clockIn(timing.time_zone, now)} there now. {used ? `Used by ${plural(used, 'rule')}.` : 'No rule uses it.'}{timing.note && ` ${timing.note}`}</p>
      </div>
      <div className={styles.buttons}>
        <GuardedButton size="xs" allowed={can && !ofFile} needs="operator" reason={ofFile ? whereToChange('It', timing) : undefined} aria-label={`Edit ${timing.name}`} onClick={() => onEdit(timing.id)}>Edit</GuardedButton>
        <ConfirmButton verb="Delete" label={`Delete ${timing.name}`} question={`Delete the mute timing ${timing.name}?`} allowed={can && !used && !ofFile} reason={!can ? 'Needs the operator role' : ofFile ? 'It stands in the file' : 'Rules use it'} pending={remove.isPending} problem={remove.error} onConfirm={(then) => remove.mutate(timing.id, then)} />
      </div>
    </li>
  );
};

/** Hours that come again, in which the rules that name them tell nobody. */
export const MuteTimings = ({ can, open, change }) => {
  const query = useMuteTimings();
  const found = query.data?.mute_timings.find(({ id }) => id === open) ?? null;
  const add = <GuardedButton size="sm" allowed={can} needs="operator" leftSection={<Icon name="plus" size={14} />} onClick={() => change('timing', 'new')}>New mute timing</GuardedButton>;
  return (
    <>
      <QueryCard id="timings" title="Mute timings" query={query} every={60} aside={add} rows={2} rowHeight={60}>
        {({ mute_timings: timings }) => (timings.length ? <ul>{timings.map((timing) => <Timing key={timing.id} timing={timing} can={can} onEdit={(id) => change('timing', id)} />)}</ul> : <EmptyState title="There is no mute timing yet.">For hours that come again, such as nights. A rule names the ones it keeps.</EmptyState>)}
      </QueryCard>
      {(found || open === 'new') && <MuteTimingDialog key={open} timing={found} onClose={() => change('timing')} />}
    </>
  );
};
