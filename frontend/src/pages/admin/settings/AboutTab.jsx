import { useAbout } from '../../../api/about.js';
import { Duration } from '../../../components/Duration.jsx';
import { WideTable } from '../../../components/WideTable.jsx';
import { formatBytes, formatCount } from '../../../lib/formatNumber.js';
import { QueryCard } from '../../../hooks/QueryCard.jsx';
import styles from './Settings.module.css';

const documents = [
  ['/docs', 'API reference'],
  ['/api/v1/openapi.json', 'OpenAPI'],
  ['/api/v1/asyncapi.json', 'AsyncAPI'],
];

const Facts = ({ about }) => (
  <dl className={styles.facts}>
    <dt>Belfry</dt><dd className="num">{about.version}</dd>
    <dt>NATS</dt><dd className="num">{about.nats}</dd>
    <dt>PostgreSQL</dt><dd className="num">{about.postgres}</dd>
  </dl>
);

const Nodes = ({ nodes }) => (
  <WideTable label="Processes">
    <thead><tr><th>Process</th><th>Instance</th><th>Version</th><th className="n">Up for</th><th className="n">Requests</th><th className="n">Errors</th></tr></thead>
    <tbody>
      {nodes.map((node) => (
        <tr key={node.instance}>
          <td className="strong">{node.service}</td>
          <td className="mono">{node.instance}</td>
          <td className="num mid">{node.version}</td>
          <td className="n">{node.started_at ? <Duration since={node.started_at} /> : <span title="It did not say">–</span>}</td>
          <td className="n">{formatCount(node.requests)}</td>
          <td className={`n ${node.errors ? 't-degraded' : 'dim'}`}>{formatCount(node.errors)}</td>
        </tr>
      ))}
    </tbody>
  </WideTable>
);

const Streams = ({ streams }) => (
  <table className="table">
    <thead><tr><th>Stream</th><th className="n">Messages</th><th className="n">Size</th></tr></thead>
    <tbody>
      {streams.map((stream) => (
        <tr key={stream.name}><td className="mono">{stream.name}</td><td className="n">{formatCount(stream.messages)}</td><td className="n">{formatBytes(stream.size_bytes)}</td></tr>
      ))}
    </tbody>
  </table>
);

/** What runs here: processes, servers, streams. */
export const AboutTab = () => {
  const query = useAbout();
  return (
    <div className="stack">
      <QueryCard id="processes" title="Processes" what="what runs" query={query}>{({ nodes }) => <Nodes nodes={nodes} />}</QueryCard>
      <div className={styles.cards}>
        <QueryCard id="streams" title="Streams" what="the streams" query={query} rows={3}>{({ streams }) => <Streams streams={streams} />}</QueryCard>
        <QueryCard id="versions" title="Versions" what="the versions" query={query} rows={3}>
          {(about) => (
            <>
              <Facts about={about} />
              <p className={styles.linkrow}>{documents.map(([path, label]) => <a key={path} className="link" href={path}>{label}</a>)}</p>
            </>
          )}
        </QueryCard>
      </div>
    </div>
  );
};
