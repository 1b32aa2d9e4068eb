import { Link, useLocation } from 'react-router';
import { useChannels } from '../../../api/alertChannels.js';
import { useRules } from '../../../api/alertRules.js';
import { usePolicies } from '../../../api/escalation.js';
import { useSilences } from '../../../api/silences.js';
import styles from './alerts.module.css';

const isOn = ({ state }) => state !== 'ended';

const useCounts = () => ({
  rules: useRules().data?.rules.length,
  channels: useChannels().data?.channels.length,
  escalation: usePolicies().data?.policies.length,
  silences: useSilences().data?.silences.filter(isOn).length,
});

/** `tabs`: [name, word, ...]; the open one is in the address. */
export const AlertTabs = ({ tabs, tab }) => {
  const { pathname } = useLocation();
  const counts = useCounts();
  return (
    <nav className={styles.tabs} aria-label="Alerts">
      {tabs.map(([name, word]) => (
        <Link key={name} to={name === 'rules' ? pathname : `${pathname}?tab=${name}`} replace aria-current={name === tab ? 'page' : undefined}>
          {word}
          {counts[name] !== undefined && <span className="num"> {counts[name]}</span>}
        </Link>
      ))}
    </nav>
  );
};
