import { Link } from 'react-router';
import { formatDuration } from '../../lib/formatDuration.js';
import { conditionWords } from '../../lib/incidentWords.js';
import { valueWords } from '../../lib/incidentValue.js';
import { Moment } from '../Moment.jsx';
import { StatusShape } from '../StatusShape.jsx';

const isCause = (one, impact) => one.role === 'root_cause' || (one.role === 'self' && impact.length > 1 && !impact.some(({ role }) => role === 'root_cause'));
const roles = { self: ({ status }) => status, degraded: ({ status }) => status, at_risk: () => 'at risk' };

/** What else it hits, from the dependency map. */
export const ImpactList = ({ impact }) => (
  <section aria-labelledby="impact">
    <h3 id="impact">Impact</h3>
    <ul>
      {impact.map((one) => (
        <li key={one.service_id}>
          <StatusShape status={one.role === 'at_risk' ? 'risk' : one.status} size={14} />
          <Link to={`/admin/health?open=${encodeURIComponent(one.service_id)}`}><b className="strong trunc grow">{one.name}</b><span className="dim">{isCause(one, impact) ? 'root cause' : roles[one.role](one)}</span></Link>
        </li>
      ))}
    </ul>
  </section>
);

const states = { inactive: 'healthy', pending: 'degraded', firing: 'down', recovering: 'degraded', resolved: 'healthy', no_data: 'unknown' };
const shownAtMost = 12;

/** Each series of an incident that has more than one. */
export const SeriesList = ({ members, incident }) => (
  <section aria-labelledby="series">
    <h3 id="series">{members.length} series</h3>
    <ul>
      {members.slice(0, shownAtMost).map(({ title, state, value }) => (
        <li key={title}><StatusShape status={states[state]} size={14} /><span className="trunc grow" title={title}>{title} <span className="visually-hidden">{state.replace('_', ' ')}</span></span><span className="dim num">{valueWords(value, incident)}</span></li>
      ))}
    </ul>
    {members.length > shownAtMost && <p className="small dim">and {members.length - shownAtMost} more</p>}
  </section>
);

/** The same rule and object before. */
export const EarlierList = ({ earlier, pathOf }) => (
  <section aria-labelledby="earlier">
    <h3 id="earlier">Earlier</h3>
    {earlier.length ? (
      <ul>{earlier.map(({ id, fired_at: at, seconds }) => <li key={id}><Link to={pathOf(id)}><span className="grow"><Moment at={at} minutes /></span><span className="dim num">{formatDuration(seconds)}</span></Link></li>)}</ul>
    ) : (
      <p className="small dim">Never before.</p>
    )}
  </section>
);

/** When the rule fires, and what it says to do. The rule may be gone. */
export const RuleSide = ({ detail }) => (
  <section aria-labelledby="rule">
    <h3 id="rule">Rule</h3>
    <p className="mono">{conditionWords(detail)}</p>
    {detail.description && <p className="small mid">{detail.description}</p>}
    <p className="small">
      {detail.incident.rule_gone ? <span className="mid">The rule was deleted.</span> : <Link className="link" to={`/admin/alerts-config?${new URLSearchParams({ rule: detail.incident.rule_id })}`}>Open the rule</Link>}
      {detail.runbook_url && <> · <a className="link" href={detail.runbook_url} target="_blank" rel="noreferrer">Runbook</a></>}
    </p>
  </section>
);
