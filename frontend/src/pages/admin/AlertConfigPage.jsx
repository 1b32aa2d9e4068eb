import { lazy, Suspense } from 'react';
import { usePage } from '../../hooks/usePage.js';
import { useAlertsView } from '../../hooks/useAlertsView.js';
import styles from './alerts/alerts.module.css';
import { AlertTabs } from './alerts/AlertTabs.jsx';
import { ChannelsTab } from './alerts/ChannelsTab.jsx';
import { RulesTab } from './alerts/RulesTab.jsx';

const later = (load, name) => lazy(async () => ({ default: (await load())[name] }));

const EscalationPolicies = later(() => import('../../components/admin/alerts/EscalationPolicies.jsx'), 'EscalationPolicies');
const Silences = later(() => import('../../components/admin/alerts/Silences.jsx'), 'Silences');

const tabs = [
  ['rules', 'Rules', RulesTab],
  ['channels', 'Channels', ChannelsTab],
  ['escalation', 'Escalation', EscalationPolicies],
  ['silences', 'Silences', Silences],
];

/** When something is wrong, who is told, how and when not: rules, channels, escalation, silences. */
export const AlertConfigPage = () => {
  const [{ tab }] = useAlertsView();
  usePage('Alert rules');
  const [, , Tab] = tabs.find(([name]) => name === tab);
  return (
    <>
      <div className={styles.bar}><AlertTabs tabs={tabs} tab={tab} /></div>
      <Suspense><Tab /></Suspense>
    </>
  );
};
