import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vite';
import config from '../vite.config.js';
import { answerTo } from './answers.js';

const slowMs = Number(process.env.SLOW_MS ?? 900);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

const answer = async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://belfry');
  const path = pathname.replace(/^\/api\/v1/, '');
  const body = answerTo(request.method, path, searchParams);
  if (request.method === 'POST') await wait(slowMs);
  const down = process.env.DOWN && path.startsWith(process.env.DOWN === 'latency' ? '/admin/latency' : '/admin/health');
  const problem = { status: 503, title: 'Service unavailable', service: process.env.DOWN === 'latency' ? 'latency_svc' : 'health_svc' };
  response.statusCode = down ? 503 : body ? 200 : request.method === 'DELETE' ? 204 : 404;
  response.setHeader('Content-Type', response.statusCode < 400 ? 'application/json' : 'application/problem+json');
  response.end(JSON.stringify(down ? problem : (body ?? { status: 404, title: 'Not found' })));
};

/** The SPA without a gateway: `npx vite --config dev/vite.config.js`. Answers come from the golden files. */
const goldenGateway = {
  name: 'golden-gateway',
  configureServer(server) {
    server.middlewares.use('/api/v1', answer);
  },
  configurePreviewServer(server) {
    server.middlewares.use('/api/v1', answer);
  },
};

const merged = mergeConfig(config, { root: fileURLToPath(new URL('..', import.meta.url)), plugins: [goldenGateway] });
merged.server.proxy = {};
merged.preview.proxy = {};

export default merged;
