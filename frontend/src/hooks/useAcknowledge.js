import { useAcknowledgeIncident } from '../api/incidents.js';
import { useHasRole } from '../api/session.js';
import { announce } from '../lib/announce.js';
import { incidentTitle, tooLateWords } from '../lib/incidentWords.js';
import { problemWords } from '../lib/problem.js';

/** Acknowledging an incident in place: `{allowed, pending, refusal, ask()}`. Who was not the first is told who was. */
export const useAcknowledge = (incident) => {
  const { mutate, isPending, error } = useAcknowledgeIncident();
  const words = error && (tooLateWords(error) || problemWords(error));
  const ask = () => mutate({ id: incident.id }, { onSuccess: () => announce(`${incidentTitle(incident)} is acknowledged.`) });
  return { allowed: useHasRole('operator'), pending: isPending, refusal: words || '', ask };
};
