import { Tooltip } from '@mantine/core';
import { boundWords } from '../../../lib/stepWords.js';
import { Icon } from '../../Icon.jsx';
import styles from './steps.module.css';

const stayWords = ({ above, below }) => {
  const end = below ?? above;
  return end ? `It has no other place. ${boundWords(end)}: ${end.reason}.` : 'It is the only step.';
};

/** What a step is moved by; a lock when it has one place only. `grip`: what dnd-kit puts on it. */
export const StepHandle = ({ id, places, movable, grip }) => {
  if (!movable) {
    return (
      <Tooltip label={stayWords(places)}>
        <button type="button" className={styles.grip} aria-label={`${id} cannot be moved`} aria-disabled="true" aria-description={stayWords(places)}><Icon name="lock" size={14} /></button>
      </Tooltip>
    );
  }
  return (
    <button type="button" className={`${styles.grip} ${styles.movable}`} {...grip} aria-label={`Move ${id}`}>
      <Icon name="grip" />
    </button>
  );
};
