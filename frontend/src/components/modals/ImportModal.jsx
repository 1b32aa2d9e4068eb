import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { plural } from '../../lib/formatNumber.js';
import { capitalised } from '../../lib/sentences.js';
import { usePhone } from '../../lib/usePhone.js';
import { FormProblem } from '../FormProblem.jsx';
import styles from './modals.module.css';

const kinds = { rule: 'rule', channel: 'channel', policy: 'policy', mute_timing: 'mute timing' };
const example = 'rules:\n  - id: checkout-p99\n    name: Checkout p99 over 500 ms\n    metric: latency.p99\n    operator: ">"\n    threshold: 500';

const Planned = ({ one }) => (
  <li className={styles.outcome}>
    <p><b className="strong">{capitalised(one.change)}</b> {kinds[one.kind]} {one.name} <span className="mono dim">{one.id}</span></p>
    {one.fields.map((line) => <p key={line} className="mono mid">{line}</p>)}
  </li>
);

const Plan = ({ plan }) => {
  const changes = plan.changes.filter(({ change }) => change !== 'unchanged');
  const same = plan.changes.length - changes.length;
  return (
    <section aria-label="Plan" role="status">
      <p className="mid">{changes.length ? `${plural(changes.length, 'change')}${same ? `, ${same} as they are` : ''}.` : 'Everything is as it says already.'}{plan.applied && ' Applied.'}</p>
      <ul>{changes.map((one) => <Planned key={one.kind + one.id} one={one} />)}</ul>
    </section>
  );
};

/** Rules, channels and policies from YAML: first the plan, then applied as it was planned. `run`: mutation result with
    `mutate({yaml, apply})`. */
export const ImportModal = ({ run, onClose }) => {
  const phone = usePhone();
  const [yaml, setYaml] = useState('');
  const isPlanned = run.data && run.variables?.yaml === yaml && !run.data.applied;
  const wrong = run.error?.errors ?? [];
  const isUseful = isPlanned && run.data.changes.some(({ change }) => change !== 'unchanged');
  return (
    <Modal opened onClose={onClose} size={680} fullScreen={phone} title="Import YAML">
      <form className={styles.form} onSubmit={(event) => { event.preventDefault(); run.mutate({ yaml, apply: Boolean(isUseful) }); }}>
        <Textarea label="Rules, channels, policies and mute timings" autosize minRows={8} maxRows={20} placeholder={example} styles={{ input: { fontFamily: 'var(--bf-mono)', fontSize: 12 } }} spellCheck={false} data-autofocus value={yaml} onChange={(event) => setYaml(event.currentTarget.value)}
          error={wrong.length ? wrong.map(({ field, message }) => `${field}: ${message}`).join('. ') : undefined} />
        <FormProblem problem={run.error} />
        {run.data && <Plan plan={run.data} />}
        <div className={styles.foot}>
          <span className="grow" />
          <Button onClick={onClose}>{run.data?.applied ? 'Done' : 'Cancel'}</Button>
          <Button type="submit" variant="filled" disabled={!yaml.trim()} loading={run.isPending}>{isUseful ? 'Apply the plan' : 'Show the plan'}</Button>
        </div>
      </form>
    </Modal>
  );
};
