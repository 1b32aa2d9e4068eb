import { lazy, Suspense } from 'react';
import { rulesSeconds, useRules } from '../../api/alertRules.js';
import { BadConfig } from '../../components/BadConfig.jsx';
import { useAlertsView } from '../../hooks/useAlertsView.js';
import { usePage } from '../../hooks/usePage.js';
import styles from './alerts/alerts.module.css';
import { AlertTabs } from './alerts/AlertTabs.jsx';
import { ChannelsAside } from './alerts/ChannelsAside.jsx';
import { ChannelsTab } from './alerts/ChannelsTab.jsx';
import { RulesAside } from './alerts/RulesAside.jsx';
import { RulesTab } from './alerts/RulesTab.jsx';

const later = (load, name) => lazy(async () => ({ default: (await load())[name] }));

const EscalationPolicies = later(() => import('../../components/admin/alerts/EscalationPolicies.jsx'), 'EscalationPolicies');
const Silences = later(() => import('../../components/admin/alerts/Silences.jsx'), 'Silences');

/** Each tab: its name in the address, its word, what it shows, and what stands beside the tabs. */
const tabs = [
  ['rules', 'Rules', RulesTab, RulesAside],
  ['channels', 'Channels', ChannelsTab, ChannelsAside],
  ['escalation', 'Escalation', () => <EscalationPolicies />],
  ['silences', 'Silences', () => <Silences />],
];

/** When something is wrong, who is told, how and when not: rules, channels, escalation, silences. */
export const AlertConfigPage = () => {
  const [view, change] = useAlertsView();
  const rules = useRules();
  usePage('Alert rules', { updatedAt: rules.dataUpdatedAt || null, refreshSeconds: rulesSeconds, refresh: rules.refetch });
  const [, , Tab, Aside] = tabs.find(([name]) => name === view.tab);
  return (
    <>
      <div className={styles.bar}>
        <AlertTabs tabs={tabs} tab={view.tab} />
        <span className="grow" />
        {Aside && <Aside change={change} />}
      </div>
      <div className={styles.notes}><BadConfig config={rules.data?.config} /></div>
      <Suspense><Tab view={view} change={change} /></Suspense>
    </>
  );
};
