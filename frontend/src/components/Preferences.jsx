import { Switch, useMantineColorScheme } from '@mantine/core';
import { setPreference, usePreference } from '../lib/preferences.js';
import styles from './Preferences.module.css';
import { Segments } from './Segments.jsx';

const themes = [['light', 'Light'], ['dark', 'Dark'], ['auto', 'System']];
const zones = [['local', 'Local'], ['UTC', 'UTC']];
const densities = [['compact', 'Compact'], ['comfortable', 'Comfortable']];

const Choice = ({ label, ...segments }) => (
  <div className={styles.choice}>
    <span>{label}</span>
    <Segments label={label} {...segments} />
  </div>
);

/** What a person chooses for this browser: it applies at once and is kept. */
export const Preferences = () => {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const keys = usePreference('shortcuts') === 'on';
  return (
    <>
      <Choice label="Theme" value={colorScheme} choices={themes} onChange={setColorScheme} />
      <Choice label="Time zone" value={usePreference('zone')} choices={zones} onChange={(zone) => setPreference('zone', zone)} />
      <Choice label="Rows" value={usePreference('density')} choices={densities} onChange={(density) => setPreference('density', density)} />
      <Switch label="Single-key shortcuts" labelPosition="left" checked={keys} className={styles.switch}
        onChange={(event) => setPreference('shortcuts', event.currentTarget.checked ? 'on' : 'off')} />
    </>
  );
};
