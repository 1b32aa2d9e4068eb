import { useDay, useHealthIncidents, useHistory } from '../../../api/health.js';
import { DayModal } from '../../../components/modals/DayModal.jsx';

/** Does an incident touch the UTC day? Its times are RFC 3339 in UTC, so texts compare. */
const touches = (day) => (incident) => incident.started_at.slice(0, 10) <= day && (incident.ended_at ?? '9999').slice(0, 10) >= day;

export const DayDialog = ({ view, service, act }) => {
  const history = useHistory(service.id);
  const incidents = useHealthIncidents({ service_id: service.id, limit: 200 });
  const results = useDay(service.id, view.day);
  return (
    <DayModal
      service={service}
      date={view.day}
      day={history.data?.days.find((one) => one.date === view.day)}
      incidents={(incidents.data?.incidents ?? []).filter((one) => one.service_id === service.id).filter(touches(view.day))}
      results={results}
      onRun={(run) => act.openResults(service.id, run.id)}
      onClose={act.close}
    />
  );
};
