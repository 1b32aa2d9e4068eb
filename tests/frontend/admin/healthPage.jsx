import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { createQueryClient } from '../../../frontend/src/api/queryClient.js';
import { meQuery } from '../../../frontend/src/api/session.js';
import { ServiceHealthGrid } from '../../../frontend/src/pages/admin/ServiceHealthGrid.jsx';
import { api } from '../../../frontend/src/test/handlers.js';
import { render } from '../../../frontend/src/test/render.jsx';
import { server } from '../../../frontend/src/test/server.js';

const services = '/admin/health/services';

export const serveBoard = (board) => server.use(http.get(api(services), () => HttpResponse.json(board)));
export const serveDetail = (detail) => server.use(http.get(api(`${services}/:id`), () => HttpResponse.json(detail)));

/** The page at an address; waits for its first card, or for `ready`. */
export const openPage = async (search = '', ready = () => screen.findByRole('button', { name: 'ledger-db' })) => {
  const client = createQueryClient();
  await client.fetchQuery(meQuery); // who it is decides what may be pressed: the frame knows it before any page is drawn
  const page = render(<ServiceHealthGrid />, { path: `/admin/health${search}`, client });
  await ready();
  return page;
};

export const cardOf = (name) => screen.getAllByRole('article').find((card) => card.querySelector('h3').textContent === name);

/** Names of the cards in the order in which they are drawn. */
export const cardNames = () => screen.getAllByRole('article').map((card) => card.querySelector('h3').textContent);

/** Every request to the gateway while `action` runs, as `METHOD path`. */
export const requestsDuring = async (action) => {
  const seen = [];
  const note = ({ request }) => seen.push(`${request.method} ${new URL(request.url).pathname.replace('/api/v1', '')}`);
  server.events.on('request:start', note);
  await action();
  server.events.removeListener('request:start', note);
  return seen;
};
