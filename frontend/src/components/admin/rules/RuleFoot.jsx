import { Button } from '@mantine/core';
import { plural } from '../../../lib/formatNumber.js';
import { isOfFile } from '../../../lib/fileWords.js';
import { GuardedButton } from '../../GuardedButton.jsx';
import styles from './rules.module.css';

const words = (wrong, isChanged, rule) => {
  if (wrong) return `${plural(wrong, 'field')} to fix`;
  return isChanged && rule ? 'Not saved yet' : '';
};

export const RuleFoot = ({ rule, wrong, isReady, isChanged, saving, can, act }) => {
  const fault = isOfFile(rule) ? 'It stands in the file' : !isReady ? 'Choose a metric and a threshold' : rule && !isChanged ? 'Nothing is changed' : '';
  return (
    <footer className={styles.foot}>
      <span className={`grow small ${wrong ? 't-down' : 'dim'}`} role="status">{words(wrong, isChanged, rule)}</span>
      {rule && can.edit && !isOfFile(rule) && <Button variant="subtle" className="t-down" onClick={() => act.show('delete', rule.id)}>Delete</Button>}
      <Button onClick={act.close}>{isChanged || !rule ? 'Cancel' : 'Close'}</Button>
      <GuardedButton allowed={can.edit && !fault} needs="operator" reason={can.edit ? fault : undefined} variant="filled" loading={saving} onClick={act.save}>{rule ? 'Save rule' : 'Create rule'}</GuardedButton>
    </footer>
  );
};
