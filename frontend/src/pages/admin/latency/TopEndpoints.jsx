import { Button } from '@mantine/core';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { filterEndpoints, sortEndpoints } from '../../../lib/sortEndpoints.js';

/** The busiest endpoints, sorted and filtered here: both answer at once. `children({endpoints})` draws them. */
export const TopEndpoints = ({ summary, view, text, onText, change, children }) => {
  const endpoints = sortEndpoints(filterEndpoints(summary.endpoints, text), view.sort);
  if (endpoints.length || view.open) return children({ endpoints });
  const toAll = (
    <div className="row">
      <Button size="sm" onClick={() => change({ scope: 'all', sort: '' })}>Search all endpoints</Button>
      <Button size="sm" variant="subtle" onClick={() => onText('')}>Clear the filter</Button>
    </div>
  );
  return <EmptyState title={`None of the top ${summary.endpoints.length} matches "${text}".`} action={toAll} />;
};
