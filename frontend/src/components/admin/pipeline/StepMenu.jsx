import { ActionIcon, Button, Menu } from '@mantine/core';
import { announce } from '../../../lib/announce.js';
import { boundWords, said } from '../../../lib/stepWords.js';
import { Icon } from '../../Icon.jsx';
import styles from './steps.module.css';

const ways = [
  { word: 'Up', icon: 'arrowUp', side: 'above', by: -1 },
  { word: 'Down', icon: 'arrowDown', side: 'below', by: 1 },
];

/** A move by one place, or why there is none. */
const attempt = ({ id, index, places, onMove }, { side, by }) => {
  const blocked = by < 0 ? index <= places.from : index >= places.to;
  const end = places[side];
  const reason = blocked ? (end ? `${boundWords(end)}: ${end.reason}` : said.end(side)) : '';
  const run = () => {
    if (!blocked) onMove(id, index + by);
    announce(blocked ? (end ? said.blocked(end) : said.end(side)) : `${id} is at place ${index + by + 1}.`);
  };
  return { blocked, reason, run };
};

/** The same moves without dragging. */
export const StepMenu = (step) => (
  <Menu position="bottom-end" width={260} withinPortal>
    <Menu.Target>
      <ActionIcon variant="subtle" color="gray" size={28} className={styles.action} aria-label={`Move ${step.id} up or down`}><Icon name="dots" /></ActionIcon>
    </Menu.Target>
    <Menu.Dropdown>
      {ways.map((way) => {
        const { blocked, reason, run } = attempt(step, way);
        return (
          <Menu.Item key={way.word} leftSection={<Icon name={way.icon} size={14} />} aria-disabled={blocked || undefined} closeMenuOnClick={!blocked} className={blocked ? styles.blocked : ''} onClick={run}>
            Move {way.word.toLowerCase()}
            {blocked && <span className={`small ${styles.reason}`}>{reason}</span>}
          </Menu.Item>
        );
      })}
    </Menu.Dropdown>
  </Menu>
);

/** On a phone they stand in the row. */
export const StepUpDown = (step) =>
  ways.map((way) => {
    const { blocked, reason, run } = attempt(step, way);
    return (
      <Button key={way.word} size="sm" variant="default" leftSection={<Icon name={way.icon} size={14} />} aria-disabled={blocked || undefined} data-disabled={blocked || undefined} aria-description={reason || undefined} aria-label={`Move ${step.id} ${way.word.toLowerCase()}`} onClick={run}>
        {way.word}
      </Button>
    );
  });
