import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { axeFindings } from '../../../frontend/src/test/axe.js';
import { atGoldenTime } from '../../../frontend/src/test/clock.js';
import { golden } from '../../../frontend/src/test/golden.js';
import { api, problem } from '../../../frontend/src/test/handlers.js';
import { server } from '../../../frontend/src/test/server.js';
import { opened, summary, serve, grid, openPage, rowButtons, rowButton, searchOf, histogram, trend } from './latencyPage.jsx';

atGoldenTime();

describe('its states', () => {
  it('shows P95 and P99 only on a phone, the service under the route', async () => {
    vi.spyOn(window, 'matchMedia').mockImplementation((media) => ({ matches: media === '(max-width: 720px)', media, addEventListener() {}, removeEventListener() {} }));
    await openPage();
    expect(within(await grid()).getAllByRole('columnheader').map((head) => head.textContent)).toEqual(['Endpoint', 'P95', 'P99↓']);
    expect(rowButton('/api/payments')).toHaveTextContent('payments-api');
  });

  it('brings a row that a link opened into view', async () => {
    const scroll = vi.spyOn(Element.prototype, 'scrollIntoView');
    const { user } = await openPage(opened);
    await waitFor(() => expect(scroll).toHaveBeenCalledWith({ block: 'center' }));
    scroll.mockClear();
    await user.click(rowButton('/api/search'));
    await screen.findByRole('button', { name: /search/, expanded: true });
    expect(scroll).not.toHaveBeenCalledWith({ block: 'center' });
  });

  it('R2.2.3: without any data it tells how to send, and offers a longer range', async () => {
    serve({ ...golden('latency/summary'), endpoints: [], total_endpoints: 0, total_count: 0 });
    const page = await openPage('', () => screen.findByText('Insufficient data'));
    expect(screen.getByText(/OTEL_SERVICE_NAME=shop/)).toBeInTheDocument();
    await page.user.click(screen.getByRole('button', { name: 'Look at 7 days' }));
    expect(searchOf(page)).toBe('?range=7d');
  });

  it('keeps the last numbers when a refresh fails', async () => {
    const { client } = await openPage();
    server.use(http.get(api(summary), problem(503, { title: 'Unavailable', service: 'latency_svc' })));
    await client.invalidateQueries({ queryKey: ['latency', 'summary'] });
    expect(await screen.findByText(/latency_svc does not answer \(503\)/)).toBeInTheDocument();
    expect(rowButtons()).toHaveLength(20);
  });

  it('says what failed when nothing is kept', async () => {
    server.use(http.get(api(summary), problem(503, { title: 'Unavailable', service: 'latency_svc' })));
    await openPage('', () => screen.findByText('Could not load the latencies.'));
    expect(screen.getByRole('button', { name: 'Try now' })).toBeInTheDocument();
  });

  it('has no accessibility findings, closed and open', async () => {
    await openPage(`${opened}&compare=yesterday`);
    await histogram();
    await trend();
    expect(await axeFindings()).toEqual([]);
  });
});
