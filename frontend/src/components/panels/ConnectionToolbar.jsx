import { Select, TextInput } from '@mantine/core';
import { sortChoices } from '../../lib/connectionWords.js';
import { Icon } from '../Icon.jsx';
import { Segments } from '../Segments.jsx';
import styles from './connections.module.css';

const states = [['open', 'Open'], ['closed', 'Closed, 5 min']];

/** Search, open or closed, and the order. `focused`: the search is where the keyboard starts. */
export const ConnectionToolbar = ({ view, text, onText, filterRef, focused, onChange }) => (
  <div className={styles.bar}>
    <TextInput ref={filterRef} data-autofocus={focused || undefined} className={styles.search} size="sm" type="search" aria-label="Search connections" placeholder="IP, user or topic" value={text}
      onChange={(event) => onText(event.currentTarget.value)} leftSection={<Icon name="search" size={13} />} rightSection={text ? null : <kbd className="desk">/</kbd>} />
    <Segments label="Which connections" value={view.state} choices={states} onChange={(state) => onChange({ state })} />
    {view.state === 'open' && (
      <Select className={styles.sortBy} size="sm" aria-label="Sort by" data={sortChoices(view.sort)} value={view.sort} allowDeselect={false} onChange={(sort) => onChange({ sort })} />
    )}
  </div>
);
