import { ActionIcon, NativeSelect, Select } from '@mantine/core';
import { wouldCycle } from '../../lib/graphPaths.js';
import { errorAt } from '../../lib/specErrors.js';
import { Icon } from '../Icon.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './editor.module.css';

const kinds = [
  { value: 'required', label: 'required: its fault degrades this one' },
  { value: 'limited', label: 'limited: puts it at risk' },
  { value: 'optional', label: 'optional: only drawn' },
];

const Cycle = ({ names }) => (
  <p className="note warn small" role="status">
    <StatusShape status="degraded" size={14} />
    <span className="grow">{names.join(', ')} already {names.length > 1 ? 'depend' : 'depends'} on this service, so this closes a circle. Belfry then treats its members as one.</span>
  </p>
);

/** What the service needs, found by name, with a warning before a circle closes. `services`: [{id, name}]; `edges`: the map's. */
export const ServiceEditorDependencies = ({ id, value, services, edges, errors, onChange }) => {
  const chosen = new Set(value.map((one) => one.id));
  const circular = wouldCycle(id, edges);
  const names = new Map(services.map((service) => [service.id, service.name]));
  const closing = value.filter((one) => circular.has(one.id)).map((one) => names.get(one.id) ?? one.id);
  const open = services.filter((service) => service.id !== id && !chosen.has(service.id)).map((service) => ({ value: service.id, label: service.name }));
  const setKind = (at, kind) => onChange(value.map((one, index) => (index === at ? { ...one, kind } : one)));
  return (
    <section>
      <h3 className={styles.heading}>Depends on</h3>
      {value.map((one, at) => (
        <div key={one.id} className={styles.dependency}>
          <b className="strong trunc">{names.get(one.id) ?? one.id}</b>
          <NativeSelect aria-label={`How it needs ${names.get(one.id) ?? one.id}`} data={kinds} value={one.kind} onChange={(event) => setKind(at, event.currentTarget.value)} error={errorAt(errors, `dependencies[${at}]`)} />
          <ActionIcon variant="subtle" size={32} aria-label={`No longer depends on ${names.get(one.id) ?? one.id}`} onClick={() => onChange(value.toSpliced(at, 1))}><Icon name="close" size={14} /></ActionIcon>
        </div>
      ))}
      <Select aria-label="Add a dependency" placeholder="Add a service it depends on" data={open} searchable value={null} onChange={(next) => next && onChange([...value, { id: next, kind: 'required' }])} nothingFoundMessage="No such service" />
      {closing.length > 0 && <Cycle names={closing} />}
    </section>
  );
};
