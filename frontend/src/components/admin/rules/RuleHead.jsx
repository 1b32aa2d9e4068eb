import { useNow } from '../../../lib/clock.js';
import { ruleTint, stateLine } from '../../../lib/ruleWords.js';
import { FileBadge } from '../../FileBadge.jsx';
import { GuardedButton } from '../../GuardedButton.jsx';
import { Icon } from '../../Icon.jsx';
import { RuleMenu } from './RuleMenu.jsx';
import styles from './rules.module.css';

const State = ({ rule, levels }) => {
  const now = useNow(5);
  return <span className={`badge ${ruleTint(rule)}`}>{stateLine(rule, now, levels)}</span>;
};

const testFault = (rule, isChanged) => {
  if (!rule.channels.length) return 'It notifies no channel';
  return isChanged ? 'Save it first: the test sends what is saved' : '';
};

/** What is edited, how it is now, and what can be done with it besides. `levels`: words of its metric's values. */
export const RuleHead = ({ rule, levels, isChanged, can, act, narrow, canPreview }) => {
  const fault = rule ? testFault(rule, isChanged) : '';
  return (
    <header className={styles.head}>
      {narrow && <button type="button" className={styles.iconButton} aria-label="Back to the rules" onClick={act.close}><Icon name="left" /></button>}
      <h2 className="trunc">{rule ? rule.name : 'New rule'}</h2>
      {rule && <State rule={rule} levels={levels} />}
      <FileBadge one={rule} />
      {rule && <button type="button" className={`badge line ${styles.version}`} onClick={() => act.show('versions', rule.id)}>Version {rule.version}</button>}
      <span className="grow" />
      {narrow && canPreview && <button type="button" className="link tall" onClick={() => act.show('preview', rule?.id ?? 'new')}>Preview</button>}
      {rule && <GuardedButton allowed={can.edit && !fault} needs="operator" reason={can.edit ? fault : undefined} size="sm" leftSection={<Icon name="send" size={13} />} onClick={() => act.test(rule)}>Send test</GuardedButton>}
      {rule && narrow && <RuleMenu rule={rule} can={can} act={act} className={styles.iconButton} />}
      {!narrow && <button type="button" className={styles.iconButton} aria-label="Close the editor" onClick={act.close}><Icon name="close" /></button>}
    </header>
  );
};
