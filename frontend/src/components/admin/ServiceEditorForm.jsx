import { Button } from '@mantine/core';
import { useState } from 'react';
import { newCheck } from '../../lib/checkKinds.js';
import { Icon } from '../Icon.jsx';
import { ServiceEditorNames, ServiceEditorTiming, ServiceEditorVisibility } from './ServiceEditorBasics.jsx';
import { ServiceEditorCheck } from './ServiceEditorCheck.jsx';
import { ServiceEditorDependencies } from './ServiceEditorDependencies.jsx';
import { ServiceEditorKinds } from './ServiceEditorKinds.jsx';

/** The fields: kind first, then the rest. */
export const ServiceEditorForm = ({ spec, set, errors, services, groups, edges, isNew }) => {
  const [adding, setAdding] = useState(spec.checks.length === 0);
  const add = (kind) => {
    set({ checks: [...spec.checks, newCheck(kind)] });
    setAdding(false);
  };
  const remove = (at) => {
    const checks = spec.checks.toSpliced(at, 1);
    set({ checks });
    if (checks.length === 0) setAdding(true);
  };
  if (spec.checks.length === 0) return <ServiceEditorKinds title="What is checked?" onKind={add} error={errors.get('checks')} />;
  return (
    <>
      <ServiceEditorNames spec={spec} set={set} errors={errors} groups={groups} isNew={isNew} />
      {spec.checks.map((check, at) => (
        <ServiceEditorCheck
          key={at}
          check={check}
          path={`checks[${at}]`}
          errors={errors}
          onChange={(next) => set({ checks: spec.checks.with(at, next) })}
          onRemove={() => remove(at)}
          removeWords={spec.checks.length === 1 ? 'Change the kind' : 'Remove'}
        />
      ))}
      {adding ? <ServiceEditorKinds title="Another check" onKind={add} /> : <Button size="sm" style={{ justifySelf: 'start' }} leftSection={<Icon name="plus" size={13} />} onClick={() => setAdding(true)}>Another check</Button>}
      <ServiceEditorTiming spec={spec} set={set} errors={errors} />
      <ServiceEditorDependencies id={spec.id} value={spec.dependencies} services={services} edges={edges} errors={errors} onChange={(dependencies) => set({ dependencies })} />
      <ServiceEditorVisibility spec={spec} set={set} errors={errors} />
    </>
  );
};
