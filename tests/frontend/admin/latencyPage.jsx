import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { LatencyPage } from '../../../frontend/src/pages/admin/LatencyPage.jsx';
import { api } from '../../../frontend/src/test/handlers.js';
import { render } from '../../../frontend/src/test/render.jsx';
import { server } from '../../../frontend/src/test/server.js';

export const opened = '?open=POST+payments-api+%2Fapi%2Fpayments';
export const summary = '/admin/latency/summary';
export const serve = (answer) => server.use(http.get(api(summary), () => HttpResponse.json(answer)));
export const grid = () => screen.findByRole('grid', { name: 'Latency by endpoint' });
export const openPage = async (search = '', ready = grid) => {
  const page = render(<LatencyPage />, { path: `/admin/latency${search}` });
  await ready();
  return page;
};
export const rowButtons = () => screen.getAllByRole('button', { expanded: false }).filter((button) => button.dataset.cell);
export const rowButton = (name) => screen.getAllByRole('button').find((button) => button.dataset.cell && button.textContent.includes(name));
export const searchOf = ({ router }) => router.state.location.search;
export const looks = (row) => [...row.querySelectorAll('[data-look]')].map((cell) => cell.dataset.look);
export const readout = () => document.querySelector('thead tr[aria-hidden]');
export const histogram = () => screen.findByRole('slider', { name: /^Histogram of 12,377 requests, P50 268 ms, P95 1\.21 s, P99 3\.12 s/ });
export const trend = () => screen.findByRole('slider', { name: /^Trend of 24 points/ });
