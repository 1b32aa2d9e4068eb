import { useHistory, useServiceDetail } from '../../../api/health.js';
import { ServiceCardOpen } from '../../../components/cards/ServiceCardOpen.jsx';

/** An open card: only now its detail and its 30 days are fetched. */
export const OpenCard = ({ service, act, ...card }) => {
  const detail = useServiceDetail(service.id);
  const history = useHistory(service.id);
  return <ServiceCardOpen service={service} detail={detail} history={history} act={{ ...act, retryHistory: history.refetch }} {...card} />;
};
