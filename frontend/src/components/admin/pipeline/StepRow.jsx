import { ActionIcon } from '@mantine/core';
import { formatCount, formatRate, formatSelfTime, plural } from '../../../lib/formatNumber.js';
import { phaseWords } from '../../../lib/pipelineWords.js';
import { usePhone } from '../../../lib/usePhone.js';
import { Icon } from '../../Icon.jsx';
import { StepMenu, StepUpDown } from './StepMenu.jsx';
import { StepSwitch } from './StepSwitch.jsx';
import styles from './steps.module.css';

/** How far a step was moved: an arrow and the number of places. */
export const Distance = ({ distance }) => (
  <span className={styles.distance} title={`Moved ${distance < 0 ? 'up' : 'down'} by ${Math.abs(distance)}`}>
    <Icon name={distance < 0 ? 'arrowUp' : 'arrowDown'} size={12} />
    <span className="visually-hidden">{distance < 0 ? 'up' : 'down'}</span>{Math.abs(distance)}
  </span>
);

const Numbers = ({ stats }) => {
  const none = stats?.calls ? undefined : 'no request in the last 5 min';
  const dim = (value) => (value ? '' : 'dim');
  return (
    <>
      <span role="cell" className={styles.number} data-label="Average" title={none}>{formatSelfTime(stats?.avg_ms)}</span>
      <span role="cell" className={`${styles.number} dim`} data-label="P95" title={none}>{formatSelfTime(stats?.p95_ms)}</span>
      <span role="cell" className={`${styles.number} ${dim(stats?.calls)}`} data-label="Calls">{formatRate(stats?.calls_per_second)}</span>
      <span role="cell" className={`${styles.number} ${dim(stats?.answered)}`} data-label="Answered" title={stats && `${formatCount(stats.answered)} in the last 5 min`}>{formatRate(stats?.answered_per_second)}</span>
    </>
  );
};

const Name = ({ step, distance }) => (
  <span role="rowheader" className={styles.name} title={step.doc}>
    <b className="mono strong">{step.id}</b>
    {distance !== 0 && <Distance distance={distance} />}
    {step.stats?.errors > 0 && <span className="badge down" title="Exceptions of its own in the last 5 min">{plural(step.stats.errors, 'error')}</span>}
    <span className="small dim trunc">{step.known ? step.summary : 'Not in this gateway, kept off'}</span>
  </span>
);

const looks = ({ lifted, forbidden, bound, lit, step, enabled }) =>
  [styles.row, lifted && styles.lifted, forbidden && styles.forbidden, bound && styles[`bound-${bound}`], lit && styles.lit, !(enabled && step.known) && styles.off].filter(Boolean).join(' ');

/** How one step looks. Without `onOpen` it is only a picture of it: the one under the pointer. */
export const StepRow = ({ step, place, steps, places, canEdit, forbidden, bound, distance = 0, wish, lit, lifted, handle, onLit, onMove, onToggle, onOpen }) => {
  const phone = usePhone();
  const enabled = wish && !wish.problem ? wish.enabled : step.enabled;
  const move = { id: step.id, index: place - 1, places, onMove };
  return (
    <div role="row" className={looks({ lifted, forbidden, bound, lit, step, enabled })} data-lit={lit || undefined} onPointerEnter={() => onLit?.(step.id)} onPointerLeave={() => onLit?.('')}>
      <span role="cell" className={styles.handle}>{lifted ? <span className={styles.grip}><Icon name="grip" /></span> : !phone && handle}</span>
      <span role="cell" className={`num dim small ${styles.place}`}>{place}</span>
      <Name step={step} distance={distance} />
      <span role="cell" className={`small dim ${styles.phase}`}>{phaseWords[step.phase]}</span>
      <Numbers stats={step.stats} />
      <span role="cell" className={styles.switchCell}><StepSwitch step={step} steps={steps} enabled={enabled} busy={Boolean(wish && !wish.problem)} canEdit={canEdit} onToggle={onToggle} /></span>
      <span role="cell" className={styles.actions}>
        {phone && canEdit && onMove && <StepUpDown {...move} />}
        <ActionIcon variant="subtle" color="gray" size={28} className={styles.action} aria-label={`Settings of ${step.id}`} onClick={() => onOpen?.(step.id)}><Icon name="settings" /></ActionIcon>
        {!phone && canEdit && onMove && <StepMenu {...move} />}
      </span>
    </div>
  );
};
