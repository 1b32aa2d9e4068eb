import { useHistory, useServiceDetail } from '../../../api/health.js';
import { useOpenIncidents } from '../../../api/incidents.js';
import { ServiceCardOpen } from '../../../components/cards/ServiceCardOpen.jsx';
import { incidentOf } from '../../../lib/incidentWords.js';

/** An open card: only now its detail and its 30 days are fetched. */
export const OpenCard = ({ service, act, ...card }) => {
  const detail = useServiceDetail(service.id);
  const history = useHistory(service.id);
  const incident = incidentOf(service.id, useOpenIncidents().data?.incidents ?? []);
  return <ServiceCardOpen service={service} incident={incident} detail={detail} history={history} act={{ ...act, retryHistory: history.refetch }} {...card} />;
};
