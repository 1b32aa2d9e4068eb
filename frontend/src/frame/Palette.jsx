import { Spotlight } from '@mantine/spotlight';
import { memo, useState } from 'react';
import { Icon } from '../components/Icon.jsx';
import { paletteFilter } from './paletteFilter.js';
import { usePaletteActions } from './usePaletteActions.jsx';
import './Palette.css';

/** Ctrl K: find a service or a page, or run a command. */
export const Palette = memo(() => {
  const [opened, setOpened] = useState(false);
  return (
    <Spotlight
      actions={usePaletteActions(opened)}
      onSpotlightOpen={() => setOpened(true)}
      filter={paletteFilter}
      shortcut={['mod + K']}
      nothingFound="Nothing matches."
      limit={40}
      scrollable
      maxHeight={420}
      radius={12}
      centered={false}
      yOffset="12vh"
      size={560}
      overlayProps={{ blur: 0 }}
      attributes={{ content: { 'aria-label': 'Search or run a command' } }}
      searchProps={{ leftSection: <Icon name="search" />, placeholder: 'Search or run a command', 'aria-label': 'Search or run a command' }}
    />
  );
});
