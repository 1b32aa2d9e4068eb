import { Button } from '@mantine/core';
import { fieldLabels, ruleDiff } from '../../../lib/ruleDiff.js';
import { listed } from '../../../lib/sentences.js';
import { RuleDiff } from './RuleDiff.jsx';
import styles from './rules.module.css';

/** Someone saved another version while this one was edited: what is different in theirs, and how to go on. */
export const RuleConflict = ({ edit }) => {
  const { theirs, clashes, base } = edit;
  const both = clashes.map((name) => fieldLabels[name]);
  return (
    <div className={`note warn ${styles.conflict}`} role="alert">
      <p><b className="strong">{theirs.by} saved version {theirs.version} meanwhile.</b> Nothing of yours is lost.</p>
      <RuleDiff changes={ruleDiff(base, theirs.draft)} marked={clashes} />
      {both.length > 0 && <p className="small">Both of you changed {listed(both)}.</p>}
      <div className="row">
        <Button size="sm" onClick={edit.takeTheirs}>Take theirs</Button>
        <Button size="sm" variant="filled" onClick={edit.keepMine}>{both.length ? 'Keep mine over it' : 'Keep both'}</Button>
      </div>
    </div>
  );
};
