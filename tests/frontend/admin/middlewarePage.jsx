import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { vi } from 'vitest';
import { createQueryClient } from '../../../frontend/src/api/queryClient.js';
import { meQuery } from '../../../frontend/src/api/session.js';
import { MiddlewarePipeline } from '../../../frontend/src/pages/admin/MiddlewarePipeline.jsx';
import { golden } from '../../../frontend/src/test/golden.js';
import { api } from '../../../frontend/src/test/handlers.js';
import { renderRoutes } from '../../../frontend/src/test/render.jsx';
import { server } from '../../../frontend/src/test/server.js';

const root = '/admin/middleware';
const pipelinePath = `${root}/pipeline`;

/** What the server holds: answers to changes may replace it. */
export const serve = (pipeline) => server.use(http.get(api(pipelinePath), () => HttpResponse.json(pipeline)));

/** The golden pipeline with changes: of itself, and of steps by id. */
export const pipelineWith = (changes = {}, steps = {}) => {
  const pipeline = golden('pipeline/pipeline');
  return { ...pipeline, steps: pipeline.steps.map((step) => ({ ...step, ...steps[step.id] })), ...changes };
};

/** Every gateway runs what is saved. */
export const settled = (revision = 42) => ({ revision, running_revision: revision, restart_required: false, nodes: golden('pipeline/pipeline').nodes.map((node) => ({ ...node, revision })) });

/** The pipeline after an order was saved. */
export const withOrder = (order, changes = {}) => {
  const pipeline = pipelineWith(changes);
  return { ...pipeline, steps: order.map((id, at) => ({ ...pipeline.steps.find((step) => step.id === id), order: at + 1 })) };
};

/** Answers one kind of change, and keeps what was sent: `{bodies}`. `answer(body)`: a pipeline, or a Response. */
export const onChange = (method, path, answer) => {
  const sent = { bodies: [] };
  server.use(
    http[method](api(`${root}${path}`), async ({ request }) => {
      const body = await request.json();
      sent.bodies.push(body);
      const answered = answer(body);
      if (answered instanceof Response) return answered;
      serve(answered);
      return HttpResponse.json(answered);
    }),
  );
  return sent;
};

export const asViewer = () => server.use(http.get(api('/auth/me'), () => HttpResponse.json({ ...golden('auth/me'), user: { ...golden('auth/me').user, role: 'viewer' } })));

export const onPhone = () => vi.spyOn(window, 'matchMedia').mockImplementation((media) => ({ matches: media === '(max-width: 720px)', media, addEventListener() {}, removeEventListener() {} }));

const table = () => screen.findByRole('table', { name: 'Steps' });

/** The page at an address, with another page beside it; waits for its table, or for `ready`. */
export const openPage = async (search = '', ready = table) => {
  const client = createQueryClient();
  await client.fetchQuery(meQuery); // who it is decides what may be pressed: the frame knows it before any page is drawn
  const routes = [{ path: '/admin/middleware', element: <MiddlewarePipeline /> }, { path: '/admin/health', element: <p>Health</p> }];
  const page = renderRoutes(routes, `/admin/middleware${search}`, client);
  await ready();
  return page;
};

export const row = (id) => document.querySelector(`[data-step="${id}"]`);
/** The steps in the order in which they are drawn. */
export const shownOrder = () => [...document.querySelectorAll('[data-step]')].map((one) => one.dataset.step);
export const searchOf = ({ router }) => router.state.location.search;
export const goldenOrder = golden('pipeline/pipeline').steps.map(({ id }) => id);

/** What jsdom does not lay out, drag and drop has to measure: a row every 31 px, and the picture of the lifted one over it. */
export const layOutRows = () =>
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function rect() {
    const measured = this.closest('[data-step]') ?? document.querySelector('[data-dragging]');
    const top = Math.max(0, shownOrder().indexOf(measured?.dataset.step)) * 31;
    return { x: 0, y: top, left: 0, top, right: 800, bottom: top + 31, width: 800, height: 31 };
  });
