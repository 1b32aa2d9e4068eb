import { Modal } from '@mantine/core';
import { draftOf } from '../../lib/ruleDraft.js';
import { ruleDiff } from '../../lib/ruleDiff.js';
import { usePhone } from '../../lib/usePhone.js';
import { GuardedButton } from '../GuardedButton.jsx';
import { LoadFailed } from '../LoadFailed.jsx';
import { RelativeTime } from '../RelativeTime.jsx';
import { Skeleton, SkeletonRows } from '../Skeleton.jsx';
import { RuleDiff } from '../admin/rules/RuleDiff.jsx';
import styles from './modals.module.css';

const words = { added: 'made it', changed: 'changed it', paused: 'paused it', resumed: 'resumed it', removed: 'deleted it' };

const Version = ({ one, before, isLatest, canEdit, onTake }) => (
  <li className={styles.outcome}>
    <div className="row">
      <b className="strong num">{one.version}</b>
      <span className="grow"><b className="strong">{one.changed_by}</b> {words[one.change]} <RelativeTime at={one.changed_at} className="dim" /></span>
      {isLatest ? <span className="badge line">Now</span> : <GuardedButton allowed={canEdit} needs="operator" size="xs" onClick={() => onTake(draftOf(one.spec))}>Take into the editor</GuardedButton>}
    </div>
    {before && <RuleDiff changes={ruleDiff(draftOf(before.spec), draftOf(one.spec))} />}
  </li>
);

/** What the rule was before, newest first, each with what it changed. `onTake(draft)` puts an old one into the editor:
    nothing is saved by that. */
export const RuleVersionsModal = ({ rule, query, canEdit, onTake, onClose }) => {
  const phone = usePhone();
  const versions = query.data?.versions ?? [];
  return (
    <Modal opened onClose={onClose} size={560} fullScreen={phone} title={`Versions of ${rule.name}`}>
      {query.data && <ol>{versions.map((one, at) => <Version key={one.version} one={one} before={versions[at + 1]} isLatest={at === 0} canEdit={canEdit} onTake={onTake} />)}</ol>}
      {!query.data && query.error && <LoadFailed problem={query.error} what="its versions" onRetry={query.refetch} />}
      {!query.data && !query.error && <Skeleton label="Loading its versions"><SkeletonRows rows={5} height={56} /></Skeleton>}
    </Modal>
  );
};
