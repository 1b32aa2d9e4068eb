import { Loader } from '@mantine/core';
import { testWords } from '../../../lib/testWords.js';
import { Icon } from '../../Icon.jsx';
import { Moment } from '../../Moment.jsx';
import { StatusShape } from '../../StatusShape.jsx';
import styles from './rules.module.css';

const Outcome = ({ name, outcome, onOpen }) => {
  const { status, text, hint } = testWords(name, outcome);
  return (
    <li>
      {status === 'waiting' ? <Loader size={14} /> : <StatusShape status={status} size={14} />}
      <span className="grow">
        {text}
        {hint && <span className="dim"> {hint}</span>}
        {status === 'down' && onOpen && <> <button type="button" className="link" onClick={onOpen}>Open channel</button></>}
      </span>
    </li>
  );
};

/** What became of the samples that were sent to a rule's channels. `channels`: names by id; `onOpenChannel(id)`. */
export const RuleTest = ({ test, channels, onClose, onOpenChannel }) => (
  <section className={styles.test} aria-label="Test" role="status">
    <header>
      <b className="strong">Test sent <Moment at={test.at} /></b>
      <button type="button" className={styles.iconButton} aria-label="Close the result of the test" onClick={onClose}><Icon name="close" size={14} /></button>
    </header>
    <ul>
      {test.sent.map(({ channel, ...outcome }) => <Outcome key={channel} name={channels.get(channel) ?? channel} outcome={outcome} onOpen={onOpenChannel && (() => onOpenChannel(channel))} />)}
    </ul>
  </section>
);
