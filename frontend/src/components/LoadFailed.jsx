import { Button } from '@mantine/core';
import { problemReport, problemWords } from '../lib/problem.js';
import { CopyButton } from './CopyButton.jsx';
import { StatusShape } from './StatusShape.jsx';

/** In the place of data that never came: what happened, the request id, and what to do. */
export const LoadFailed = ({ problem, what = 'this', onRetry }) => (
  <div className="state" role="alert">
    <StatusShape status="unknown" size={24} />
    <p className="strong">Could not load {what}.</p>
    <p className="mid">{problemWords(problem)}</p>
    {problem.requestId && <p className="small dim">Request <span className="mono">{problem.requestId}</span></p>}
    <div className="row">
      <Button size="sm" onClick={onRetry}>Try now</Button>
      <CopyButton text={problemReport(problem)} size="sm" variant="subtle">Copy details</CopyButton>
    </div>
  </div>
);
