import { screen } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { Problem } from '../lib/problem.js';
import { atGoldenTime } from '../test/clock.js';
import { goldenNow } from '../test/golden.js';
import { render } from '../test/render.jsx';
import { CopyButton } from './CopyButton.jsx';
import { EmptyState } from './EmptyState.jsx';
import { ErrorBoundary } from './ErrorBoundary.jsx';
import { GuardedButton } from './GuardedButton.jsx';
import { LoadFailed } from './LoadFailed.jsx';
import { Moment } from './Moment.jsx';
import { RelativeTime } from './RelativeTime.jsx';
import { Skeleton } from './Skeleton.jsx';
import { StaleNote } from './StaleNote.jsx';
import { StatusShape } from './StatusShape.jsx';

atGoldenTime();
const problem = new Problem({ status: 503, title: 'Unavailable', service: 'health_svc', request_id: 'r-1' });

describe('states', () => {
  it('old data: what is shown, how old it is, why, and when it tries again', async () => {
    const retry = vi.fn();
    const from = goldenNow.getTime() - 370_000;
    const { user } = render(<StaleNote problem={problem} from={from} nextAt={goldenNow.getTime() + 12_000} onRetry={retry} />);
    expect(screen.getByRole('status')).toHaveTextContent('Could not refresh. Showing 14:02:10, 6 min old. health_svc does not answer (503). Trying again in 12 s.');
    await user.click(screen.getByRole('button', { name: 'Try now' }));
    expect(retry).toHaveBeenCalledOnce();
  });

  it('nothing to show: the same words, the request id, details to copy', async () => {
    const copied = vi.fn().mockResolvedValue();
    const { user } = render(<LoadFailed problem={problem} what="the services" onRetry={() => {}} />);
    vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(copied);
    expect(screen.getByRole('alert')).toHaveTextContent(/Could not load the services\.\s*health_svc does not answer \(503\)\./);
    await user.click(screen.getByRole('button', { name: 'Copy details' }));
    expect(copied.mock.calls[0][0]).toContain('request: r-1');
    expect(await screen.findByText('Copied')).toBeInTheDocument();
  });

  it('copying may be blocked, and says so', async () => {
    const { user } = render(<CopyButton text="x" />);
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('blocked'));
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await screen.findByText('Copying is blocked here')).toBeInTheDocument();
  });

  it('a fault while drawing stays in its place and can be reported', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const Faulty = () => {
      throw problem;
    };
    render(<ErrorBoundary><Faulty /></ErrorBoundary>);
    expect(screen.getByRole('alert')).toHaveTextContent('This page could not be drawn.');
    expect(screen.getByText('r-1')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Copy details' })).toBeInTheDocument();
  });

  it('empty: one sentence and an example to copy', () => {
    render(<EmptyState title="No service is watched yet." example="services: []">Add one.</EmptyState>);
    expect(screen.getByText('services: []')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Copy' })).toBeInTheDocument();
  });

  it('loading: a skeleton only after a moment, then the data', async () => {
    const Loading = () => {
      const [loading, setLoading] = useState(true);
      return (
        <>
          <button type="button" onClick={() => setLoading(false)}>finish</button>
          <Skeleton loading={loading} label="Loading users" then={() => <p>Here</p>}>grey</Skeleton>
        </>
      );
    };
    const { user } = render(<Loading />);
    expect(screen.getByLabelText('Loading users')).not.toBeVisible();
    await vi.waitFor(() => expect(screen.getByLabelText('Loading users')).toBeVisible());
    await user.click(screen.getByRole('button', { name: 'finish' }));
    expect(await screen.findByText('Here')).toBeInTheDocument();
  });

  it('forbidden: the control stays, can be focused, and says what it needs', async () => {
    const press = vi.fn();
    const { user } = render(<GuardedButton allowed={false} needs="admin" onClick={press}>Add service</GuardedButton>);
    await user.tab();
    expect(screen.getByRole('button', { name: 'Add service' })).toHaveFocus();
    expect(screen.getByRole('button')).toHaveAccessibleDescription('Needs the admin role');
    await user.keyboard('{Enter}');
    expect(press).not.toHaveBeenCalled();
  });
});

describe('times and shapes', () => {
  it('tell the exact time on demand', () => {
    render(<RelativeTime at="2026-11-23T14:08:12Z" />);
    expect(screen.getByText('8 s ago')).toHaveAttribute('datetime', '2026-11-23T14:08:12.000Z');
    expect(screen.getByText('8 s ago').title).toContain('14:08:12.000');
  });

  it('give a dash with its reason for what is missing', () => {
    render(<RelativeTime at={null} reason="never used" />);
    expect(screen.getByTitle('never used')).toHaveTextContent('–');
  });

  it('leave seconds out where they are noise', () => {
    render(<Moment at="2026-11-23T16:00:00Z" minutes />);
    expect(screen.getByText('16:00')).toBeInTheDocument();
  });

  it('every status and overlay has a shape of its own', () => {
    const statuses = ['healthy', 'degraded', 'down', 'unknown', 'maintenance', 'risk', 'flapping', 'stale', 'paused'];
    const { container } = render(statuses.map((status) => <StatusShape key={status} status={status} />));
    const drawn = [...container.querySelectorAll('[data-shape]')].map((shape) => shape.innerHTML);
    expect(new Set(drawn).size).toBe(statuses.length);
  });
});
