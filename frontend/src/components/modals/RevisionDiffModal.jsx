import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { diffLines } from '../../lib/settingsDiff.js';
import { orderColumns } from '../../lib/orderConflict.js';
import { usePhone } from '../../lib/usePhone.js';
import { FormProblem } from '../FormProblem.jsx';
import { GuardedButton } from '../GuardedButton.jsx';
import { LoadFailed } from '../LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../Skeleton.jsx';
import { DiffLines } from './DiffLines.jsx';
import { OrderColumn } from './OrderColumn.jsx';
import styles from './order.module.css';

const longestComment = 300;
const switchWords = { enabled: 'on', disabled: 'off', added: 'added', removed: 'removed' };

const Order = ({ diff }) => {
  const { same, before, after } = orderColumns(diff.from_order, diff.to_order);
  return (
    <section className={styles.section}>
      <h3>Order</h3>
      <div className={styles.columns}>
        <OrderColumn title={`Revision ${diff.from_revision}`} same={same} steps={before} />
        <OrderColumn title={`Revision ${diff.to_revision}`} same={same} steps={after} picked />
      </div>
    </section>
  );
};

const Switched = ({ changes }) => (
  <section className={styles.section}>
    <h3>On and off</h3>
    <ul className={styles.switched}>{changes.map(({ step, kind }) => <li key={step + kind}><b className="mono strong">{step}</b><span className="mid">{switchWords[kind]}</span></li>)}</ul>
  </section>
);

const Settings = ({ changes }) => (
  <section className={styles.section}>
    <h3>Settings</h3>
    {changes.map(({ step, before, after }) => <DiffLines key={step} title={step} lines={diffLines(before ?? {}, after ?? {})} />)}
  </section>
);

const Changes = ({ diff }) => {
  const ofKind = (...kinds) => diff.changes.filter(({ kind }) => kinds.includes(kind));
  const [moved, settings, switched] = [ofKind('moved'), ofKind('settings'), ofKind(...Object.keys(switchWords))];
  if (!diff.changes.length) return <p className="mid">The two are the same.</p>;
  return (
    <>
      {switched.length > 0 && <Switched changes={switched} />}
      {settings.length > 0 && <Settings changes={settings} />}
      {moved.length > 0 && <Order diff={diff} />}
    </>
  );
};

const Body = ({ diff }) => {
  if (diff.data) return <Changes diff={diff.data} />;
  if (diff.error) return <LoadFailed problem={diff.error} what="the changes" onRetry={diff.refetch} />;
  return <Skeleton label="Loading the changes"><SkeletonRows rows={6} /></Skeleton>;
};

const Restore = ({ to, rollback, allowed, onRestore, onClose }) => {
  const [comment, setComment] = useState('');
  return (
    <form onSubmit={(event) => { event.preventDefault(); onRestore(comment.trim()); }}>
      <TextInput className={styles.comment} label="Comment" placeholder={`Rolled back to ${to}`} value={comment} maxLength={longestComment} onChange={(event) => setComment(event.currentTarget.value)} data-autofocus />
      {rollback.error?.errors?.map(({ field, message }) => <p key={field + message} className="t-down small" role="alert">{message}</p>)}
      <FormProblem problem={rollback.error} />
      <footer className={styles.foot}>
        <span className="small mid grow">The chain of {to} is saved again as a new revision. It runs after a restart, or when it is applied.</span>
        <Button onClick={onClose}>Cancel</Button>
        <GuardedButton type="submit" variant="filled" allowed={allowed} loading={rollback.isPending}>Roll back to {to}</GuardedButton>
      </footer>
    </form>
  );
};

/** What leads from one revision to another. `diff`: query result; `title`; `restore`: {to, rollback, allowed, onRestore} when
    it is about to be saved again. */
export const RevisionDiffModal = ({ title, lead, diff, restore, onClose }) => {
  const phone = usePhone();
  return (
    <Modal opened onClose={onClose} size={680} fullScreen={phone} title={title}>
      {lead && <p className={`mid ${styles.lead}`}>{lead}</p>}
      <Body diff={diff} />
      {restore && <Restore {...restore} onClose={onClose} />}
    </Modal>
  );
};
