import { Drawer } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { isEditable, ownerWords } from '../../lib/sourceWords.js';
import { leanSpec, newSpec } from '../../lib/serviceSpec.js';
import { fieldErrors } from '../../lib/specErrors.js';
import { usePhone } from '../../lib/usePhone.js';
import { FormProblem } from '../FormProblem.jsx';
import { StatusShape } from '../StatusShape.jsx';
import { ServiceEditorFoot } from './ServiceEditorFoot.jsx';
import { ServiceEditorForm } from './ServiceEditorForm.jsx';
import { ServiceEditorTried } from './ServiceEditorTried.jsx';
import { ServiceEditorYaml } from './ServiceEditorYaml.jsx';
import styles from './editor.module.css';

const narrow = 520;
const withResult = 1000;

/** What was asked last: an answer to a repaired form replaces the complaint about the one before. */
const latestOf = (save, attempt) => (attempt.submittedAt > save.submittedAt ? attempt : save);

const Owner = ({ source }) => (
  <p className="note info small"><StatusShape status="unknown" size={14} /><span className="grow">{ownerWords(source)}</span></p>
);

/** Adds or changes a service. `current`: {spec, version, source}, or null for a new one; `save`, `attempt`: mutation results
    with `mutate`; `conflict`: {by, reload, overwrite} after someone else saved first; `services`, `edges`: what it may depend on. */
export const ServiceEditor = ({ current, services, groups, edges, canSave, save, attempt, conflict, onSave, onTry, onClose }) => {
  const phone = usePhone();
  const form = useRef(null);
  const [spec, setSpec] = useState(() => (current ? { ...newSpec(), ...current.spec, name: current.spec.name ?? '' } : newSpec()));
  const [first] = useState(spec);
  const [yaml, setYaml] = useState(false);
  const set = (changes) => setSpec((old) => ({ ...old, ...changes }));
  const owned = current !== null && !isEditable(current.source);
  const problem = latestOf(save, attempt).error;
  const errors = fieldErrors(problem);
  const tried = attempt.data || attempt.isPending;

  useEffect(() => {
    if (problem?.errors?.length) form.current?.querySelector(':is(input, textarea, select)[aria-invalid="true"]')?.focus();
  }, [problem]);

  return (
    <Drawer opened onClose={onClose} size={phone ? '100%' : tried ? withResult : narrow} title={current ? (current.spec.name ?? current.spec.id) : 'Add service'} classNames={{ body: styles.drawer, content: styles.content }} closeOnClickOutside={spec === first}>
      <div className={tried && !phone ? styles.columns : ''}>
        <form ref={form} className={styles.form} noValidate onSubmit={(event) => { event.preventDefault(); onSave(leanSpec(spec)); }}>
          {owned && <Owner source={current.source} />}
          {yaml || owned ? <ServiceEditorYaml spec={spec} /> : <ServiceEditorForm spec={spec} set={set} errors={errors} services={services} groups={groups} edges={edges} isNew={!current} />}
          <FormProblem problem={problem?.status === 412 ? null : problem} />
          <ServiceEditorFoot isNew={!current} owned={owned} canSave={canSave} dirty={spec !== first} ready={spec.checks.length > 0} wrong={errors.size} save={save} attempt={attempt} conflict={conflict} yaml={yaml} onYaml={() => setYaml(!yaml)} onTry={() => onTry(leanSpec({ ...spec, id: spec.id || 'try-it' }))} onClose={onClose} />
        </form>
        {tried && <ServiceEditorTried attempt={attempt} timeoutSeconds={spec.timeout_seconds} />}
      </div>
    </Drawer>
  );
};
