import { plural } from '../lib/formatNumber.js';
import { Moment } from './Moment.jsx';
import { StatusShape } from './StatusShape.jsx';

/** What is wrong with the declarative file, each mistake with its line; nothing while it is well. `config`: as a board or
    the list of rules brings it. */
export const BadConfig = ({ config }) => {
  if (!config?.errors.length) return null;
  return (
    <div className="note warn" role="status">
      <StatusShape status="degraded" />
      <details className="grow">
        <summary>
          <b className="strong">{config.path} was not taken over: {plural(config.errors.length, 'mistake')}.</b>{' '}
          {config.loaded_at ? <>Belfry keeps what it read at <Moment at={config.loaded_at} />.</> : 'Nothing was read from it yet.'}
        </summary>
        <ul className="mono">{config.errors.map((error) => <li key={error}>{error}</li>)}</ul>
      </details>
    </div>
  );
};
