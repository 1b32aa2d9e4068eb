import { Fragment } from 'react';
import { causePath } from '../../../lib/graphPaths.js';
import { nodeStatus } from '../../../lib/nodeWords.js';
import { Icon } from '../../Icon.jsx';
import styles from './graph.module.css';

const emptyWords = (node) => (node.effective === 'healthy' ? 'nothing below it fails' : 'it stands alone: nothing needs it');

/** The way from the service that feels it down to the root cause, each step a link. */
export const PathLine = ({ map, selectedId, onSelect }) => {
  const byId = new Map(map.nodes.map((node) => [node.id, node]));
  const node = byId.get(selectedId);
  if (!node) return null;
  const path = causePath(selectedId, map);
  return (
    <div className={styles.path} role="group" aria-label={`Path of ${node.name}`}>
      <span className={styles.of}>Path of {node.name}</span>
      {path.length === 0 && <span>{emptyWords(node)}</span>}
      {path.map((id, at) => (
        <Fragment key={id}>
          {at > 0 && <Icon name="right" size={12} />}
          <button type="button" className={byId.get(id)?.is_root_cause ? `t-${nodeStatus(byId.get(id), 'effective')}` : styles.step} onClick={() => onSelect(id)}>
            {byId.get(id)?.name ?? id}
          </button>
        </Fragment>
      ))}
    </div>
  );
};
