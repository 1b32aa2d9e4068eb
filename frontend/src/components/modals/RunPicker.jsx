import { resultStatus, resultWord } from '../../lib/checkWords.js';
import { formatClock } from '../../lib/formatTime.js';
import { usePreference } from '../../lib/preferences.js';
import { Icon } from '../Icon.jsx';
import styles from './modals.module.css';

const filters = [['', 'All'], ['fail', 'Failed']];

/** The last results as a strip, oldest left; arrows and buttons go through them. `runs`: newest first. */
export const RunPicker = ({ runs, current, onRun, filter, onFilter }) => {
  const zone = usePreference('zone');
  const at = runs.findIndex((run) => run.id === current?.id);
  const step = (by) => runs[at + by] && onRun(runs[at + by].id);
  return (
    <div className={styles.picker}>
      <button type="button" className={styles.step} aria-label="Earlier result" disabled={at < 0 || at >= runs.length - 1} onClick={() => step(1)}><Icon name="left" /></button>
      <div className={styles.strip} role="img" aria-label={`${runs.length} results, ${at + 1} chosen`}>
        {runs.toReversed().map((run) => (
          <i key={run.id} title={`${formatClock(run.started_at, zone)} ${resultWord(run.result)}`} className={`${styles[resultStatus(run.result)]} ${run.id === current?.id ? styles.chosen : ''}`} onClick={() => onRun(run.id)} />
        ))}
      </div>
      <button type="button" className={styles.step} aria-label="Later result" disabled={at <= 0} onClick={() => step(-1)}><Icon name="right" /></button>
      <div className="seg" role="group" aria-label="Results shown">
        {filters.map(([value, word]) => <button key={value} type="button" aria-pressed={filter === value} onClick={() => onFilter(value)}>{word}</button>)}
      </div>
    </div>
  );
};
