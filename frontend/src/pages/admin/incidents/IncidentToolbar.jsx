import { Select } from '@mantine/core';
import { Link } from 'react-router';
import { useBoard } from '../../../api/health.js';
import { useHasRole } from '../../../api/session.js';
import { useSilences } from '../../../api/silences.js';
import { GuardedButton } from '../../../components/GuardedButton.jsx';
import { Icon } from '../../../components/Icon.jsx';
import { Segments } from '../../../components/Segments.jsx';
import { plural } from '../../../lib/formatNumber.js';
import { openCounts, severities } from '../../../lib/incidentWords.js';
import { capitalised } from '../../../lib/sentences.js';
import styles from './incidents.module.css';

const isActive = ({ state }) => state === 'active';

const Silenced = () => {
  const active = useSilences().data?.silences.filter(isActive).length ?? 0;
  if (!active) return null;
  return <Link className="link small" to="/admin/alerts-config?tab=silences">{plural(active, 'silence')} active</Link>;
};

const useServiceChoices = () => {
  const services = useBoard().data?.services ?? [];
  return services.map(({ id, name }) => ({ value: id, label: name })).toSorted((a, b) => a.label.localeCompare(b.label));
};

const withCurrent = (choices, value) => (!value || choices.some((one) => one.value === value) ? choices : [...choices, { value, label: value }]);

/** The filters of the list, and a silence of anything. `counts`: of the API, whatever is filtered. */
export const IncidentToolbar = ({ view, change, counts, onSilence, serviceRef }) => {
  const allowed = useHasRole('operator');
  const { open, held } = openCounts({ counts });
  const choices = useServiceChoices();
  const states = [['all', 'All'], ['open', <>Open <span className="num dim">{open}</span></>], ['resolved', 'Resolved']];
  return (
    <div className={styles.bar}>
      <Segments label="Which incidents" value={view.state} choices={states} onChange={(state) => change({ state })} />
      <Select aria-label="Severity" placeholder="Any severity" clearable w={150} data={severities.map((value) => ({ value, label: capitalised(value) }))} value={view.severity || null} onChange={(severity) => change({ severity })} />
      <Select ref={serviceRef} aria-label="Service" placeholder="Any service" clearable searchable w={170} data={withCurrent(choices, view.service)} value={view.service || null} onChange={(service) => change({ service })} />
      {(held > 0 || view.held) && <button type="button" className="chip" aria-pressed={view.held} onClick={() => change({ held: view.held ? '' : '1' })}>Held back <b>{held}</b></button>}
      <span className="grow" />
      <Silenced />
      <GuardedButton size="sm" allowed={allowed} needs="operator" leftSection={<Icon name="muted" size={14} />} onClick={onSilence}>Silence</GuardedButton>
    </div>
  );
};
