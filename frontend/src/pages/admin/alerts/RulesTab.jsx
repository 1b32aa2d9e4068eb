import { useMediaQuery } from '@mantine/hooks';
import { useMemo } from 'react';
import { useChannels } from '../../../api/alertChannels.js';
import { useMetrics } from '../../../api/alertMetrics.js';
import { useRules } from '../../../api/alertRules.js';
import { useHasRole } from '../../../api/session.js';
import { LoadFailed } from '../../../components/LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../../../components/Skeleton.jsx';
import { useRuleSwitches } from '../../../hooks/useRuleSwitches.js';
import { useRuleTests } from '../../../hooks/useRuleTests.js';
import styles from './alerts.module.css';
import { RuleDialogs } from './RuleDialogs.jsx';
import { RuleList } from './RuleList.jsx';
import { RulePane } from './RulePane.jsx';
import { useRuleActions } from './useRuleActions.js';

const none = [];
const useLevels = (metrics) => useMemo(() => new Map(metrics.map(({ name, levels }) => [name, levels])), [metrics]);

const Board = ({ rules, view, change }) => {
  const channels = useChannels().data?.channels ?? none;
  const catalogue = useMetrics();
  const metrics = catalogue.data?.metrics ?? (catalogue.error ? none : undefined);
  const levels = useLevels(metrics ?? none);
  const switches = useRuleSwitches();
  const tests = useRuleTests();
  const act = useRuleActions({ change, switches, tests });
  const can = { edit: useHasRole('operator'), administer: useHasRole('admin') };
  const narrow = useMediaQuery('(max-width: 1179px)', false, { getInitialValueInEffect: false });
  const rule = rules.data.rules.find(({ id }) => id === view.rule) ?? null;
  const isOpen = Boolean(view.rule);
  return (
    <>
      <div className={styles.both}>
        {!(narrow && isOpen) && <RuleList query={rules} view={view} change={change} channels={channels} levels={levels} wishes={switches.wishes} tests={tests.tests} can={can} act={act} />}
        {(isOpen || !narrow) && <RulePane key={`${view.rule}${view.from}${view.new}`} rule={rule} view={view} rules={rules.data.rules} channels={channels} metrics={metrics} tests={tests.tests} can={can} act={act} narrow={narrow} />}
      </div>
      <RuleDialogs view={view} rules={rules.data.rules} channels={channels} levels={levels} can={can} act={act} change={change} />
    </>
  );
};

const Loading = () => (
  <Skeleton label="Loading the rules">
    <div className={styles.both}>
      <div className="card"><SkeletonRows rows={8} height={74} /></div>
      <div className="card"><SkeletonRows rows={12} height={48} /></div>
    </div>
  </Skeleton>
);

/** The rules, and the one that is edited beside them. */
export const RulesTab = ({ view, change }) => {
  const rules = useRules();
  if (rules.data) return <Board rules={rules} view={view} change={change} />;
  if (rules.error) return <section className="card"><LoadFailed problem={rules.error} what="the rules" onRetry={rules.refetch} /></section>;
  return <Loading />;
};
