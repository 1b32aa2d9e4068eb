import { useNow } from '../../lib/clock.js';
import { problemWords } from '../../lib/problem.js';
import { conditionLine, pendingShare, ruleShape, stateLine } from '../../lib/ruleWords.js';
import { isOfFile } from '../../lib/fileWords.js';
import { AlertShape } from '../AlertShape.jsx';
import { RuleMenu } from '../admin/rules/RuleMenu.jsx';
import { RuleTest } from '../admin/rules/RuleTest.jsx';
import { FileBadge } from '../FileBadge.jsx';
import styles from './alertRule.module.css';

/** Pauses and resumes a rule at once. Viewers read the word, and everybody that of a rule that stands in the file. */
const RuleSwitch = ({ rule, wish, canEdit, onToggle }) => {
  const enabled = wish?.enabled ?? rule.enabled;
  if (!canEdit || isOfFile(rule)) return <span className="small dim">{enabled ? 'Active' : 'Paused'}</span>;
  const busy = wish && !wish.problem;
  return <button type="button" role="switch" className={styles.switch} aria-checked={enabled} aria-busy={busy || undefined} aria-label={`${rule.name} is active`} onClick={() => !busy && onToggle(rule, !enabled)} />;
};

/**
 * A rule in the list: its state with the value it comes from, what it watches, whom it tells, and whether it is active.
 * `channels`: names by id; `levels`: words of its metric's values; `wish`: its switch on its way; `test`: samples sent from
 * here; `isOpen`: it is shown beside the list; `act`: what its menu does, with `open(id)` and `toggle(rule, enabled)`.
 */
export const AlertRuleCard = ({ rule, channels, levels, isOpen, wish, test, can, act }) => {
  const now = useNow(rule.state === 'pending' ? 1 : 5);
  const told = rule.channels.map((id) => channels.get(id) ?? id).join(', ');
  return (
    <div role="listitem" className={`${styles.rule} ${isOpen ? styles.open : ''} ${rule.enabled ? '' : styles.paused}`} data-rule={rule.id} data-state={rule.state}>
      <AlertShape shape={ruleShape(rule)} share={rule.state === 'pending' ? pendingShare(rule, now) : 0} />
      <div className="grow">
        <div className={styles.top}>
          <button type="button" className={styles.target} title={rule.name} aria-current={isOpen || undefined} onClick={() => act.open(rule.id)}>{rule.name}</button>
          <FileBadge one={rule} />
          <RuleMenu rule={rule} can={can} act={act} className={styles.menu} />
          <RuleSwitch rule={rule} wish={wish} canEdit={can.edit} onToggle={act.toggle} />
        </div>
        <p className={styles.line}>{conditionLine(rule, levels)}</p>
        <p className={styles.meta}>
          <span className="num" title={rule.reason}>{stateLine(rule, now, levels)}</span>
          <span title={told}>{told || 'in the app only'}</span>
        </p>
        {wish?.problem && <p className={styles.problem} role="alert">Still {rule.enabled ? 'active' : 'paused'}. {problemWords(wish.problem)}</p>}
        {test && !isOpen && <div className={styles.result}><RuleTest test={test} channels={channels} onClose={() => act.forgetTest(rule.id)} /></div>}
      </div>
    </div>
  );
};
