import { ActionIcon, Button } from '@mantine/core';
import { Icon } from '../../Icon.jsx';
import styles from './graph.module.css';

const views = [
  ['effective', 'Effective', 'Own status and what its dependencies do to it'],
  ['own', 'Own', 'Only what its own checks say'],
];

export const GraphHead = ({ view, onView, whatIf, onWhatIf, onExpand, children }) => (
  <header className={styles.head}>
    <h2>Dependencies</h2>
    <span className="grow" />
    {children}
    <div className="seg" role="group" aria-label="Status shown">
      {views.map(([value, word, title]) => (
        <button key={value} type="button" aria-pressed={view === value} title={title} onClick={() => onView(value)}>{word}</button>
      ))}
    </div>
    <Button size="sm" variant={whatIf ? 'light' : 'subtle'} aria-pressed={whatIf} onClick={onWhatIf}>What if</Button>
    {onExpand && (
      <ActionIcon variant="subtle" size={28} color="gray" aria-label="Show the graph alone" onClick={onExpand}><Icon name="expand" /></ActionIcon>
    )}
  </header>
);
