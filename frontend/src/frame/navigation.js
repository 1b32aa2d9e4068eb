/** The pages of this version. `key`: the second key after `g`; `badge`: which count stands beside the name. */
export const navigation = [
  {
    section: 'Monitor',
    pages: [
      { label: 'Dashboard', path: '/admin', end: true, icon: 'dashboard', key: 'd' },
      { label: 'Health', path: '/admin/health', icon: 'health', key: 'h', badge: 'down' },
      { label: 'Latency', path: '/admin/latency', icon: 'latency', key: 'l' },
    ],
  },
  { section: 'Configure', pages: [{ label: 'Settings', path: '/admin/settings', icon: 'settings', key: 's' }] },
  { section: 'Public', pages: [{ label: 'Status page', path: '/status', icon: 'globe', outside: true }] },
];

export const pages = navigation.flatMap(({ pages: inSection }) => inSection);
