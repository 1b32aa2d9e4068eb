import { createTheme, localStorageColorSchemeManager } from '@mantine/core';
import { dark, fixed, light } from './tokens.js';

const custom = (tokens) => Object.fromEntries(Object.entries(tokens).map(([name, value]) => [`--bf-${name}`, value]));

/** Mantine's own colours, mapped onto the tokens, so that its components follow the theme. */
const mapped = {
  '--mantine-color-body': 'var(--bf-bg)',
  '--mantine-color-text': 'var(--bf-text)',
  '--mantine-color-default': 'var(--bf-surface)',
  '--mantine-color-default-hover': 'var(--bf-hover)',
  '--mantine-color-default-color': 'var(--bf-text)',
  '--mantine-color-default-border': 'var(--bf-border-2)',
  '--mantine-color-dimmed': 'var(--bf-text-3)',
  '--mantine-color-placeholder': 'var(--bf-text-3)',
  '--mantine-color-error': 'var(--bf-down-text)',
  '--mantine-color-anchor': 'var(--bf-accent-text)',
  '--mantine-color-disabled': 'var(--bf-sunken)',
  '--mantine-color-disabled-color': 'var(--bf-text-3)',
  '--mantine-color-disabled-border': 'var(--bf-border-2)',
  '--mantine-color-bell-filled': 'var(--bf-accent)',
  '--mantine-color-bell-filled-hover': 'color-mix(in srgb, var(--bf-accent) 88%, black)',
  '--mantine-color-bell-light': 'var(--bf-accent-tint)',
  '--mantine-color-bell-light-hover': 'var(--bf-accent-tint)',
  '--mantine-color-bell-light-color': 'var(--bf-accent-text)',
  '--mantine-color-bell-outline': 'var(--bf-accent)',
  '--mantine-color-bell-text': 'var(--bf-accent-text)',
};

export const cssVariablesResolver = () => ({
  variables: { ...custom(fixed), '--mantine-line-height': '1.54' },
  light: { ...custom(light), ...mapped },
  dark: { ...custom(dark), ...mapped },
});

const bell = ['#EEEEFC', '#DCDDF8', '#BCBDF2', '#9497FF', '#7779E8', '#5A5CDD', '#4A4BC9', '#4344B8', '#35369A', '#282A78'];
/** Mantine's greys are the surfaces and inks of the tokens: what it draws by itself fits in. */
const greys = (tokens, names) => names.map((name) => tokens[name]);
const gray = greys(light, ['bg', 'sunken', 'border', 'border-2', 'border-2', 'control', 'text-3', 'text-2', 'text', 'text']);
const darkGreys = greys(dark, ['text', 'text-2', 'text-3', 'control', 'border-2', 'border', 'surface', 'bg', 'bg', 'bg']);
const heights = { xs: '24px', sm: '28px', md: '32px', lg: '44px' };
const button = (theme, { size = 'md' }) => ({
  root: { '--button-height': heights[size], '--button-padding-x': size === 'xs' ? '8px' : '12px', '--button-fz': size === 'md' ? '13px' : '12px' },
});
const field = { defaultProps: { size: 'sm' } };
/** Its header is no banner of the page. */
const dialog = { closeButtonProps: { 'aria-label': 'Close' }, attributes: { header: { role: 'presentation' } } };
const floating = { defaultProps: { shadow: 'md', transitionProps: { duration: 120 } } };

export const theme = createTheme({
  primaryColor: 'bell',
  colors: { bell, gray, dark: darkGreys },
  primaryShade: { light: 6, dark: 5 },
  defaultRadius: 6,
  fontFamily: 'var(--bf-font)',
  fontFamilyMonospace: 'var(--bf-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '14px', xl: '16px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '20px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '10px', xl: '12px' },
  shadows: { sm: 'var(--bf-shadow-1)', md: 'var(--bf-shadow-2)' },
  breakpoints: { xs: '30em', sm: '45.0625em', md: '62em', lg: '73.75em', xl: '87.5625em' },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'md', variant: 'default' }, vars: button },
    TextInput: field,
    PasswordInput: field,
    NumberInput: field,
    Textarea: field,
    Select: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' }, checkIconPosition: 'right' } },
    NativeSelect: field,
    Modal: { defaultProps: { radius: 'xl', centered: true, transitionProps: { duration: 120 }, ...dialog } },
    Drawer: { defaultProps: { position: 'right', transitionProps: { duration: 200 }, ...dialog } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Switch: { defaultProps: { withThumbIndicator: false } },
    Popover: floating,
    Menu: floating,
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: true }, multiline: true, maw: 320 } },
  },
});

export const colorSchemeManager = localStorageColorSchemeManager({ key: 'belfry.theme' });
