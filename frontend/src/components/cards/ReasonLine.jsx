import { formatUntil } from '../../lib/formatUntil.js';

const inferred = /^(.* is down)(, own check .*)$/;
/** Which checks fail; none are named where there is only one, which is called as its kind. */
const failingParts = ({ affected, kinds }) => (kinds.length === 1 && affected[0] === kinds[0] ? [] : affected);

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** Why the service has its colour, in one line. `status`: the drawn one; `names`: names of services by id. */
export const ReasonLine = ({ service, status, names }) => {
  const cause = inferred.exec(service.reason);
  if (status === 'maintenance') {
    return (
      <span className="mid">
        {service.maintenance_until && <span className="num">Until {formatUntil(service.maintenance_until)}, </span>}
        {service.reason}
      </span>
    );
  }
  if (cause && status === 'degraded') {
    return <><span className="t-degraded">{cause[1]}</span><span className="dim">{cause[2]}</span></>;
  }
  if (service.at_risk && status === 'healthy') {
    const causes = list.format(service.root_causes.map((id) => names?.get(id) ?? id));
    return <><span className="mid">Healthy, {causes}</span><span className="dim"> {service.root_causes.length > 1 ? 'fail' : 'fails'} further down</span></>;
  }
  const silent = failingParts(service).filter((component) => status !== 'healthy' && !service.reason.includes(component));
  return (
    <>
      <span className={status === 'healthy' ? 'dim' : 'mid'}>{service.reason}</span>
      {silent.length > 0 && <span className="dim"> in {list.format(silent)}</span>}
    </>
  );
};
