import { neighbours } from '../../lib/graphPaths.js';
import { statusWords } from '../../lib/status.js';
import { StatusShape } from '../StatusShape.jsx';

const Own = ({ status }) => (
  <span className="row"><StatusShape status={status} size={12} />{statusWords[status]}</span>
);

const names = (ids, byId) => (ids?.length ? ids.map((id) => byId.get(id)?.name ?? id).join(', ') : '–');

/** The map in words: the same facts as the picture, failing first. */
export const DependencyTable = ({ map, selectedId, onSelect }) => {
  const byId = new Map(map.nodes.map((node) => [node.id, node]));
  const { below, above } = neighbours(map.edges);
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label="Dependencies as a table">
      <table className="table">
        <thead>
          <tr>{['Service', 'Own', 'Effective', 'Causes', 'Requires', 'Required by'].map((title) => <th key={title} scope="col">{title}</th>)}</tr>
        </thead>
        <tbody>
          {map.nodes.map((node) => (
            <tr key={node.id} data-selected={node.id === selectedId || undefined}>
              <th scope="row"><button type="button" className="link" aria-pressed={node.id === selectedId} onClick={() => onSelect(node.id)}>{node.name}</button></th>
              <td><Own status={node.status} /></td>
              <td><Own status={node.effective} /></td>
              <td>{node.is_root_cause ? 'Root cause' : names(node.root_causes, byId)}</td>
              <td>{names(below.get(node.id), byId)}</td>
              <td>{names(above.get(node.id), byId)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
