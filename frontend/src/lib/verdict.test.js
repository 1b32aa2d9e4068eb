import { describe, expect, it } from 'vitest';
import { golden } from '../test/golden.js';
import { verdict } from './verdict.js';

const board = (change = (service) => service) => {
  const whole = golden('health/board');
  return { ...whole, services: whole.services.map((service) => ({ ...service, ...change(service) })) };
};
const allFine = () => ({ status: 'healthy', effective: 'healthy', overlays: [], at_risk: false, root_causes: [] });

describe('verdict', () => {
  const open = golden('alerts/incidents').incidents.filter((one) => !one.resolved_at);

  it('leads to the incident of the service, not to one that is held back', () => {
    expect(verdict(board(), open).incident.id).toBe('2041');
    expect(verdict(board(), []).incident).toBe(null);
  });

  it('comes to what fires critically before what is merely degraded', () => {
    const degraded = board(({ id }) => (id === 'search' ? {} : allFine()));
    const { status, title, text, incident } = verdict(degraded, open);
    expect([status, title, incident.id]).toEqual(['down', 'Checkout p99 over 500 ms: POST /api/checkout', '2042']);
    expect(text).toBe('POST /api/checkout, 655 ms. Likely cause: ledger-db is down. 1 more critical alert.');
    expect(verdict(degraded, open.map((one) => ({ ...one, state: 'acknowledged' }))).title).toBe('search is degraded');
  });

  it('names the one service that is down, why, and who suffers', () => {
    const { status, title, text, since } = verdict(board());
    expect(status).toBe('down');
    expect(title).toBe('ledger-db is down');
    expect(text).toBe('Connection refused on ledger-db.shop:5432, 3 of 3 tries. Root cause for 3 services: payments-api is degraded, checkout and storefront are at risk.');
    expect(since).toBe('2026-11-23T14:02:08Z');
  });

  it('names the root causes when several are down', () => {
    const two = verdict(board(({ id }) => (['ledger-db', 'payments-api'].includes(id) ? { effective: 'down', root_causes: ['ledger-db'] } : {})));
    expect(two.title).toBe('2 services are down');
    expect(two.text).toBe('Root cause: ledger-db.');
    expect(two.service.id).toBe('ledger-db');
  });

  it('comes to degraded when nothing is down, and to unknown after that', () => {
    const degraded = verdict(board(({ id }) => (id === 'search' ? {} : allFine())));
    expect(degraded.title).toBe('search is degraded');
    const unknown = verdict(board(({ id }) => (id === 'sms-gateway' ? {} : allFine())));
    expect(unknown.title).toBe('sms-gateway is unknown');
  });

  it('says in one line that all is well', () => {
    expect(verdict(board(allFine))).toMatchObject({ status: 'healthy', title: 'All 20 services are healthy', text: '' });
  });

  it('does not count what is in maintenance as healthy', () => {
    const resting = board(({ id }) => ({ ...allFine(), overlays: id === 'notifications' ? ['maintenance'] : [] }));
    expect(verdict(resting).title).toBe('19 services are healthy, 1 in maintenance');
  });

  it('puts stopped checks before everything else', () => {
    const stopped = verdict({ ...board(), checking: false });
    expect(stopped).toMatchObject({ status: 'unknown', title: 'Checks have stopped', since: '2026-11-23T14:08:19Z' });
  });

  it('has nothing to say while only Belfry watches itself', () => {
    const own = board(allFine);
    expect(verdict({ ...own, services: own.services.filter(({ group }) => group === 'Belfry') })).toBeNull();
  });
});
