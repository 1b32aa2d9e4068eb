import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { vi } from 'vitest';
import { createQueryClient } from '../../../frontend/src/api/queryClient.js';
import { meQuery } from '../../../frontend/src/api/session.js';
import { AlertConfigPage } from '../../../frontend/src/pages/admin/AlertConfigPage.jsx';
import { golden } from '../../../frontend/src/test/golden.js';
import { api } from '../../../frontend/src/test/handlers.js';
import { renderRoutes } from '../../../frontend/src/test/render.jsx';
import { server } from '../../../frontend/src/test/server.js';

export const root = '/admin/alerts';

/** The golden rules with changes by id; without those whose change is null. */
export const rulesWith = (changes = {}) => {
  const told = golden('alerts/rules');
  return { ...told, rules: told.rules.filter(({ id }) => changes[id] !== null).map((rule) => ({ ...rule, ...changes[rule.id] })) };
};
export const ruleOf = (id, changes) => rulesWith({ [id]: changes }).rules.find((rule) => rule.id === id);

/** What the server says to `GET path` from now on. */
export const serve = (path, body) => server.use(http.get(api(`${root}${path}`), () => HttpResponse.json(body)));

/** Answers a change, and keeps what was sent: `{bodies, headers}`. `answer(body, params)`: a body, or a Response. */
export const onChange = (method, path, answer) => {
  const sent = { bodies: [], headers: [], params: [] };
  server.use(
    http[method](api(`${root}${path}`), async ({ request, params }) => {
      const body = method === 'delete' ? null : await request.json().catch(() => null);
      sent.bodies.push(body);
      sent.headers.push(Object.fromEntries(request.headers));
      sent.params.push(params);
      const answered = await answer(body, params);
      return answered instanceof Response ? answered : HttpResponse.json(answered);
    }),
  );
  return sent;
};

export const nothing = () => new HttpResponse(null, { status: 204 });
export const as = (role) => server.use(http.get(api('/auth/me'), () => HttpResponse.json({ ...golden('auth/me'), user: { ...golden('auth/me').user, role } })));

/** A window of the given width, as media queries see it. */
export const inWindow = (width) =>
  vi.spyOn(window, 'matchMedia').mockImplementation((media) => ({ matches: width <= Number(/max-width: (\d+)px/.exec(media)?.[1] ?? 0), media, addEventListener() {}, removeEventListener() {} }));

const list = () => screen.findByRole('region', { name: 'Rules' });

/** The page at an address, with another page beside it; waits for the list of rules, or for `ready`. */
export const openPage = async (search = '', ready = list) => {
  const client = createQueryClient();
  await client.fetchQuery(meQuery); // who it is decides what may be pressed: the frame knows it before any page is drawn
  const page = renderRoutes([{ path: '/admin/alerts-config', element: <AlertConfigPage /> }, { path: '*', element: <p>Elsewhere</p> }], `/admin/alerts-config${search}`, client);
  await ready();
  return page;
};

export const card = (id) => document.querySelector(`[data-rule="${id}"]`);
export const shownRules = () => [...document.querySelectorAll('[data-rule]')].map((one) => one.dataset.rule);
export const searchOf = ({ router }) => router.state.location.search;
