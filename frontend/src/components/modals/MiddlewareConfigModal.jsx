import { Modal } from '@mantine/core';
import { useState } from 'react';
import { formatRate } from '../../lib/formatNumber.js';
import { fieldsOf, strangers } from '../../lib/settingsSchema.js';
import { sentence } from '../../lib/sentences.js';
import { usePhone } from '../../lib/usePhone.js';
import { LoadFailed } from '../LoadFailed.jsx';
import { Segments } from '../Segments.jsx';
import { Skeleton, SkeletonRows } from '../Skeleton.jsx';
import { SettingsChanges } from './settings/SettingsChanges.jsx';
import { SettingsClash } from './settings/SettingsClash.jsx';
import { SettingsDocs } from './settings/SettingsDocs.jsx';
import { SettingsFields } from './settings/SettingsField.jsx';
import { SettingsFoot } from './settings/SettingsFoot.jsx';
import { SettingsJsonField } from './settings/SettingsJsonField.jsx';
import styles from './settings/settings.module.css';

const tabs = [['form', 'Form'], ['json', 'JSON'], ['docs', 'Docs']];

const answeredWords = (stats) => (stats?.answered ? ` It answered ${formatRate(stats.answered_per_second)} of ${formatRate(stats.calls_per_second)} requests itself.` : '');

const Form = ({ schema, draft, errors, disabled }) => {
  const fields = fieldsOf(schema).map((field) => ({ ...field, restarts: field.name in draft.changed }));
  const others = strangers(draft.settings, schema);
  if (!fields.length && !others.length) return <p className={`mid ${styles.none}`}>There is nothing to set.</p>;
  return (
    <>
      <SettingsFields fields={fields} value={draft.settings} onChange={draft.set} onFault={draft.setFault} errors={errors} disabled={disabled} />
      {others.length > 0 && <p className={styles.hint}>Not in the form, but kept: <span className="mono">{others.join(', ')}</span>. The JSON shows them.</p>}
    </>
  );
};

const notAnObject = (value) => (value === null || typeof value !== 'object' || Array.isArray(value) ? 'Settings are an object: { "name": value }' : '');
const whole = { label: 'All settings', hint: 'Only what differs from the saved settings is sent' };

const Body = ({ middleware, tab, draft, errors, faults, risky, save, canEdit, asking, onSave, onStay, onClose }) => {
  const { step, schema } = middleware;
  const disabled = !canEdit || !step.known;
  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); onSave(); }}>
      <p className={`mid ${styles.lead}`}>{sentence(step.name)} {tab !== 'docs' && step.doc}{answeredWords(step.stats)}</p>
      {draft.theirs && <SettingsClash id={step.id} draft={draft} />}
      {tab === 'docs' && <SettingsDocs middleware={middleware} />}
      {tab === 'form' && <Form schema={schema} draft={draft} errors={errors} disabled={disabled} />}
      {tab === 'json' && <SettingsJsonField field={whole} rows={8} value={draft.settings} onChange={draft.set} faultOf={notAnObject} onFault={draft.setFault} disabled={disabled} error={errors.map(({ field, message }) => `${field} ${message}`).join('. ')} />}
      {tab !== 'docs' && <SettingsChanges middleware={middleware} draft={draft} risky={risky} />}
      {(tab !== 'docs' || asking) && <SettingsFoot middleware={middleware} draft={draft} errors={errors} faults={faults} save={save} canEdit={canEdit} asking={asking} onStay={onStay} onClose={onClose} />}
    </form>
  );
};

/**
 * The settings of one step: a form made from their schema, the same as JSON, and what they mean. `query`: of the step;
 * `draft`: {settings, set, changed, lines, theirs, ...} as `useSettingsDraft` keeps it; `errors`: `{field, message}` by
 * setting; `faults`: what is wrong with all of it; `save`: mutation result. Closing with changes asks once.
 */
export const MiddlewareConfigModal = ({ id, query, tab, onTab, onClose, ...body }) => {
  const phone = usePhone();
  const [asking, setAsking] = useState(false);
  const middleware = query.data;
  const shown = middleware?.schema.properties || tab === 'docs' ? tab : 'json';
  const dirty = body.draft.lines.length > 0;
  const leave = () => (dirty && !asking ? setAsking(true) : onClose());
  const title = (
    <span className={styles.title}>
      <span className="grow">Settings of <span className="mono">{id}</span></span>
      <Segments label="Shown as" value={shown} choices={tabs} onChange={onTab} />
    </span>
  );
  return (
    <Modal opened onClose={leave} size={720} fullScreen={phone} title={title} closeOnClickOutside={!dirty} styles={{ title: { flex: 1 } }}>
      {middleware && <Body middleware={middleware} tab={shown} asking={asking && dirty} onStay={() => setAsking(false)} onClose={leave} {...body} />}
      {!middleware && query.error && <LoadFailed problem={query.error} what="the settings" onRetry={query.refetch} />}
      {!middleware && !query.error && <Skeleton label="Loading the settings"><SkeletonRows rows={6} height={56} /></Skeleton>}
    </Modal>
  );
};
