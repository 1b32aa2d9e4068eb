import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { useChannels } from '../../../api/alertChannels.js';
import { useRules } from '../../../api/alertRules.js';
import { useDeletePolicy, usePolicies } from '../../../api/escalation.js';
import { useHasRole } from '../../../api/session.js';
import { QueryCard } from '../../../hooks/QueryCard.jsx';
import { useQuietView } from '../../../hooks/useQuietView.js';
import { plural } from '../../../lib/formatNumber.js';
import { repeatWords, whenWords } from '../../../lib/policyForm.js';
import { isOfFile } from '../../../lib/fileWords.js';
import { ConfirmButton } from '../../ConfirmButton.jsx';
import { EmptyState } from '../../EmptyState.jsx';
import { GuardedButton } from '../../GuardedButton.jsx';
import { FileBadge } from '../../FileBadge.jsx';
import { Icon } from '../../Icon.jsx';
import styles from './policies.module.css';
import { PolicyDialog } from './PolicyDialog.jsx';

const nameIn = (list, id) => list.find((one) => one.id === id)?.name ?? id;

const Used = ({ policy, rules }) => (
  <p className={styles.meta}>
    {policy.used_by.length ? <>Used by {policy.used_by.map((id, at) => <span key={id}>{at > 0 && ', '}<Link className="link" to={`/admin/alerts-config?rule=${encodeURIComponent(id)}`}>{nameIn(rules, id)}</Link></span>)}.</> : 'No rule uses it.'}
    {policy.running.length > 0 && <> Running for {plural(policy.running.length, 'incident')}: {policy.running.slice(0, 5).map((id, at) => <span key={id}>{at > 0 && ', '}<Link className="link" to={`/admin/incidents/${id}`}>{id}</Link></span>)}{policy.running.length > 5 && ' and more'}.</>}
  </p>
);

const Policy = ({ policy, rules, channels, can, onEdit }) => {
  const remove = useDeletePolicy();
  const ofFile = isOfFile(policy);
  const inUse = policy.used_by.length > 0;
  return (
    <li className={styles.policy}>
      <div className={styles.top}>
        <h3 className="grow trunc">{policy.name} <span className="small dim num">version {policy.version}</span> <FileBadge one={policy} /></h3>
        <Button size="sm" aria-label={`${can && !ofFile ? 'Edit' : 'Show'} ${policy.name}`} onClick={() => onEdit(policy.id)}>{can && !ofFile ? 'Edit' : 'Show'}</Button>
        <ConfirmButton verb="Delete" label={`Delete ${policy.name}`} question={`Delete ${policy.name}? What escalates by it goes on by its own copy.`} allowed={can && !ofFile && !inUse} reason={!can ? 'Needs the operator role' : ofFile ? 'It stands in the file' : 'Rules use it'}
          pending={remove.isPending} problem={remove.error} onConfirm={(then) => remove.mutate(policy.id, then)} />
      </div>
      <ol className={styles.line}>
        {policy.steps.map((step, at) => (
          <li key={at}><b>{step.name || `Step ${at + 1}`}</b> <span className="num dim">{whenWords(step.delay_seconds)}</span><br /><span className="mid">{step.channels.map((id) => nameIn(channels, id)).join(', ')}</span></li>
        ))}
      </ol>
      <p className={styles.meta}>{repeatWords(policy)}{policy.note && ` ${policy.note}`}</p>
      <Used policy={policy} rules={rules} />
    </li>
  );
};

const Policies = ({ policies, ...rest }) =>
  policies.length ? <ul>{policies.map((policy) => <Policy key={policy.id} policy={policy} {...rest} />)}</ul> : <EmptyState title="There is no escalation policy yet.">Without one, the channels of a rule are told once. With one, others are told as long as nobody acknowledges.</EmptyState>;

/** Who is told next, and when, while nobody acknowledges. */
export const EscalationPolicies = () => {
  const query = usePolicies();
  const can = useHasRole('operator');
  const rules = useRules().data?.rules ?? [];
  const channels = useChannels().data?.channels ?? [];
  const [{ policy: open }, change] = useQuietView();
  const close = () => change('policy');
  const found = query.data?.policies.find(({ id }) => id === open) ?? null;
  const add = <GuardedButton size="sm" allowed={can} needs="operator" leftSection={<Icon name="plus" size={14} />} onClick={() => change('policy', 'new')}>New policy</GuardedButton>;
  return (
    <>
      <QueryCard id="policies" title="Escalation policies" query={query} every={60} aside={add} rows={3} rowHeight={120}>
        {({ policies }) => <Policies policies={policies} rules={rules} channels={channels} can={can} onEdit={(id) => change('policy', id)} />}
      </QueryCard>
      {(found || open === 'new') && <PolicyDialog key={open} policy={found} allowed={can} onClose={close} />}
    </>
  );
};
