import { troubleWords } from '../../lib/groupServices.js';
import { tally } from '../../lib/status.js';
import { Icon } from '../Icon.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './health.module.css';

/** The name of a group with what is wrong in it. An all-healthy group is one line that can be opened. */
export const GroupHeading = ({ group, folded, byId, onFold }) => {
  const counts = tally(group.ids.map((id) => byId.get(id)).filter(Boolean));
  const trouble = troubleWords(counts);
  return (
    <h2 className={`${styles.group} ${folded ? styles.folded : ''}`}>
      <button type="button" aria-expanded={!folded} onClick={onFold}>
        {folded && <StatusShape status={trouble ? 'unknown' : 'healthy'} size={14} />}
        <span>{group.name}</span>
        <span className={styles.groupCount}>{group.ids.length}</span>
        <span className={styles.trouble}>{trouble || (folded ? 'all healthy' : '')}</span>
        <Icon name={folded ? 'right' : 'down'} size={12} />
      </button>
    </h2>
  );
};
