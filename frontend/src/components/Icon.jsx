/** Line icons on a 16 px grid. `dots` and `grip` are drawn heavier. */
const paths = {
  dashboard: 'M3 2h3a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1zM10 2h3a1 1 0 0 1 1 1v1.5a1 1 0 0 1-1 1h-3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1zM3 10.5h3a1 1 0 0 1 1 1V13a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-1.5a1 1 0 0 1 1-1zM10 8h3a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1h-3a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z',
  health: 'M1.5 8.5h3l1.6-4.3 3 8 1.8-5 .9 1.3h2.7',
  latency: 'M2.5 13.5v-4M6.2 13.5v-8M9.9 13.5v-6M13.5 13.5v-11',
  link: 'M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2A2.6 2.6 0 0 0 9 3.3l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.8-.8',
  settings: 'M8 5.9a2.1 2.1 0 1 0 0 4.2 2.1 2.1 0 0 0 0-4.2zM8 1.8v1.7M8 12.5v1.7M1.8 8h1.7M12.5 8h1.7M3.6 3.6l1.2 1.2M11.2 11.2l1.2 1.2M12.4 3.6l-1.2 1.2M4.8 11.2l-1.2 1.2',
  globe: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM1.8 8h12.4M8 1.8c2 2 2.6 4 2.6 6.2S10 12.2 8 14.2C6 12.2 5.4 10.2 5.4 8S6 3.8 8 1.8z',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.5 10.5l3.2 3.2',
  bell: 'M3.8 11.3V7.2a4.2 4.2 0 0 1 8.4 0v4.1l1 1.2H2.8zM6.6 14.2h2.8',
  moon: 'M13.5 9.3A5.8 5.8 0 0 1 6.7 2.5a5.8 5.8 0 1 0 6.8 6.8z',
  sun: 'M8 5.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
  system: 'M2.5 3h11a.7.7 0 0 1 .7.7v6.6a.7.7 0 0 1-.7.7h-11a.7.7 0 0 1-.7-.7V3.7a.7.7 0 0 1 .7-.7zM5.5 13.5h5M8 11v2.5',
  play: 'M5 3.5v9l7-4.5z',
  plus: 'M8 3v10M3 8h10',
  check: 'M3.5 8.5l3 3 6-7',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M6 5.5h6.5a.7.7 0 0 1 .7.7v6.6a.7.7 0 0 1-.7.7H6a.7.7 0 0 1-.7-.7V6.2a.7.7 0 0 1 .7-.7zM10.7 5.5V3.2a.7.7 0 0 0-.7-.7H3.5a.7.7 0 0 0-.7.7v6.6a.7.7 0 0 0 .7.7h1.8',
  file: 'M4 1.8h5l3.5 3.5v8.9H4zM9 1.8v3.5h3.5',
  expand: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  right: 'M6 4l4 4-4 4',
  left: 'M10 4L6 8l4 4',
  down: 'M4 6l4 4 4-4',
  clock: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.5V8l2.3 1.6',
  person: 'M8 2.7a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM2.8 14c.6-3 2.6-4.3 5.2-4.3s4.6 1.3 5.2 4.3',
  lock: 'M5 7h6a1.5 1.5 0 0 1 1.5 1.5V12a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 12V8.5A1.5 1.5 0 0 1 5 7zM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  unplugged: 'M5.5 2v3.5M10.5 2v3.5M3.5 5.5h9v1.7a4.5 4.5 0 0 1-9 0zM8 11.7v2.5M1.8 1.8l12.4 12.4',
  key: 'M5 8.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM7 9l6.5-6.5M11 5l2 2M9 7l1.5 1.5',
  download: 'M8 2.5v7.5M4.8 7L8 10.2 11.2 7M2.8 13.2h10.4',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  keyboard: 'M2.5 4h11a.7.7 0 0 1 .7.7v6.6a.7.7 0 0 1-.7.7h-11a.7.7 0 0 1-.7-.7V4.7a.7.7 0 0 1 .7-.7zM4.5 7h.01M7 7h.01M9.5 7h.01M12 7h.01M5 9.5h6',
  exit: 'M6.5 2.5H3.2a.7.7 0 0 0-.7.7v9.6a.7.7 0 0 0 .7.7h3.3M10 5l3 3-3 3M13 8H6',
  refresh: 'M13.2 3v3.2H10M13 6.2A5.5 5.5 0 1 0 13.5 9',
  star: 'M8 2l1.8 3.8 4.1.5-3 2.9.8 4.1L8 11.3l-3.7 2 .8-4.1-3-2.9 4.1-.5z',
  alert: 'M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 2.8a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4zM6 9.8a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z',
  outside: 'M6.5 3.5h-3v9h9v-3M9 2.5h4.5V7M13.5 2.5L7.5 8.5',
  dots: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  middleware: 'M2.8 6.7a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6zM13.2 6.7a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6zM7 5.5h2a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-3a1 1 0 0 1 1-1zM4.1 8H6M10 8h1.9',
  grip: 'M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01',
  arrowUp: 'M8 13V3M4.5 6.5L8 3l3.5 3.5',
  arrowDown: 'M8 3v10M4.5 9.5L8 13l3.5-3.5',
  send: 'M14 2L7 9M14 2L9.5 14 7 9 2 6.5z',
  incident: 'M8 2.2l6.2 11H1.8zM8 6.5v3M8 11.6v.01',
  muted: 'M3.8 11.3V7.2a4.2 4.2 0 0 1 6.5-3.5M12.2 8v3.3l1 1.2H5M6.6 14.2h2.8M2 2l12 12',
};
const heavy = { dots: 2.2, grip: 2, keyboard: 1.4 };

/** Decorative: the control around it carries the name. */
export const Icon = ({ name, size = 16, className }) => (
  <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" className={className}>
    <path d={paths[name]} fill="none" stroke="currentColor" strokeWidth={heavy[name] ?? 1.5} strokeLinecap="round" strokeLinejoin="round" />
  </svg>
);

/** The mark: a belfry with its bell. */
export const BellMark = ({ size = 20, className }) => (
  <svg width={size} height={size} viewBox="0 0 18 18" aria-hidden="true" className={className}>
    <path d="M3 15.5h12M4.5 15.5V7L9 2.5 13.5 7v8.5" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />
    <path d="M6.7 12.2V10a2.3 2.3 0 0 1 4.6 0v2.2l.7.8H6z" fill="currentColor" />
  </svg>
);
