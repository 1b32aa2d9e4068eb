import { Spotlight } from '@mantine/spotlight';
import { memo, useEffect, useState } from 'react';
import { Icon } from '../components/Icon.jsx';
import { paletteFilter } from './paletteFilter.js';
import { usePaletteActions } from './usePaletteActions.jsx';
import './Palette.css';

/** What Enter runs. Spotlight marks the first action before the list of what was typed is drawn, where it may get lost. */
const keepOneSelected = () => {
  const actions = [...document.querySelectorAll('.mantine-Spotlight-actionsList [data-action]')];
  if (!actions.some((one) => one.dataset.selected)) actions[0]?.setAttribute('data-selected', 'true');
};

/** Ctrl K: find a service or a page, or run a command. */
export const Palette = memo(() => {
  const [opened, setOpened] = useState(false);
  const [query, setQuery] = useState('');
  useEffect(() => {
    if (query) keepOneSelected();
  });
  return (
    <Spotlight
      actions={usePaletteActions(opened)}
      onSpotlightOpen={() => setOpened(true)}
      onSpotlightClose={() => setOpened(false)}
      query={query}
      onQueryChange={setQuery}
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
