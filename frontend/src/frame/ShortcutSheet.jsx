import { Modal } from '@mantine/core';
import { usePreference } from '../lib/preferences.js';
import { shortcutSheet } from '../lib/shortcuts.js';
import { createStore, useStore } from '../lib/store.js';
import styles from './ShortcutSheet.module.css';

export const shortcutSheetOpen = createStore(false);

const Keys = ({ keys }) => keys.split(' ').map((key) => <kbd key={key}>{key}</kbd>);

/** All keys, opened by `?`. */
export const ShortcutSheet = () => {
  const off = usePreference('shortcuts') === 'off';
  return (
    <Modal opened={useStore(shortcutSheetOpen)} onClose={() => shortcutSheetOpen.set(false)} title="Keyboard shortcuts" size={560}>
      {off && <p className="note info small">Single-key shortcuts are switched off in your menu. Ctrl K works.</p>}
      <div className={styles.sheet}>
        {shortcutSheet.map(([title, rows]) => (
          <section key={title}>
            <h3 className="strong">{title}</h3>
            <dl>
              {rows.map(([keys, does]) => (
                <div key={keys}>
                  <dt><Keys keys={keys} /></dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
};
