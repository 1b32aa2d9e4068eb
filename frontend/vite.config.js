import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const here = fileURLToPath(new URL('.', import.meta.url));
const gateway = process.env.BELFRY_URL ?? 'http://127.0.0.1:8080';
const proxied = ['/api', '/status', '/badges', '/docs'];
const proxy = Object.fromEntries(proxied.map((path) => [path, { target: gateway, ws: path === '/api' }]));

/** Tests under ../tests/frontend import the same packages, although node_modules is not among their parents. */
const packagesForOutsideTests = {
  name: 'packages-for-outside-tests',
  enforce: 'pre',
  resolveId(id, importer, options) {
    const outside = importer && importer.includes('/tests/frontend/') && /^[@a-z]/.test(id);
    return outside ? this.resolve(id, `${here}src/main.jsx`, { ...options, skipSelf: true }) : null;
  },
};

/** The pages and widgets with all they are drawn from, and the live channel: tests reach four of five lines at least. */
const widgets = [
  'src/pages/admin/{ServiceHealthGrid,LatencyPage,MiddlewarePipeline,AlertConfigPage}.jsx',
  'src/pages/admin/{health,latency,middleware,alerts}/**',
  'src/pages/admin/IncidentsPage.jsx',
  'src/pages/admin/incidents/**',
  'src/components/{admin,cards,charts,incidents,modals,panels,widgets}/**',
  'src/api/{live,liveCache,polling,socket,subscriptions,websocket}.js',
];
const floor = { lines: 80 };

/** What five pages or more share is one file, not one for each set of pages that happen to share it. */
const kit = { name: 'kit', test: /src.(components|hooks|lib|api).[^/]+$/, minShareCount: 5 };

export default defineConfig({
  plugins: [packagesForOutsideTests, react()],
  server: {
    fs: { allow: ['..'] },
    proxy,
  },
  preview: { proxy },
  build: { target: 'es2023', manifest: true, reportCompressedSize: false, chunkSizeWarningLimit: 600, rolldownOptions: { output: { codeSplitting: { groups: [kit] } } } },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://belfry.test/admin' } },
    include: ['src/**/*.test.{js,jsx}', '../tests/frontend/**/*.test.{js,jsx}'],
    setupFiles: ['src/test/fresh.js', 'src/test/setup.js'],
    sequence: { setupFiles: 'list' },
    isolate: false,
    css: false,
    restoreMocks: true,
    env: { TZ: 'UTC' },
    execArgv: ['--max-semi-space-size=64'], // a page makes much that is gone at once
    testTimeout: 120_000,
    maxWorkers: 2,
    coverage: {
      include: widgets.map((glob) => (glob.endsWith('**') ? `${glob}/*.{js,jsx}` : glob)),
      reporter: [['text-summary']],
      thresholds: {
        'src/{pages/admin/ServiceHealthGrid.jsx,pages/admin/health/**,components/cards/**,components/modals/**}': floor,
        'src/{pages/admin/LatencyPage.jsx,pages/admin/latency/**,components/widgets/**}': floor,
        'src/pages/admin/{MiddlewarePipeline.jsx,middleware/**}': floor,
        'src/pages/admin/{AlertConfigPage.jsx,alerts/**}': floor,
        'src/{pages/admin/IncidentsPage.jsx,pages/admin/incidents/**,components/incidents/**}': floor,
        'src/components/{admin,charts}/**': floor,
        'src/components/panels/**': floor,
        'src/api/**': floor,
      },
    },
  },
});
