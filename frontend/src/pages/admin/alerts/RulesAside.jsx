import { Button, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { exportAlerts, useRules } from '../../../api/alertRules.js';
import { useHasRole } from '../../../api/session.js';
import { GuardedButton } from '../../../components/GuardedButton.jsx';
import { Icon } from '../../../components/Icon.jsx';
import { StatusShape } from '../../../components/StatusShape.jsx';
import { RelativeTime } from '../../../components/RelativeTime.jsx';
import { useNow } from '../../../lib/clock.js';
import { download } from '../../../lib/download.js';

const lateSeconds = 60;

/** When the rules were last compared; amber when that is long ago. */
const Evaluated = ({ data }) => {
  const now = useNow(5);
  if (!data?.evaluated_at) return null;
  const active = data.rules.filter(({ enabled }) => enabled).length;
  const late = now - Date.parse(data.evaluated_at) > lateSeconds * 1000;
  return (
    <span className={`small row ${late ? 't-degraded' : 'dim'}`} title={late ? 'The evaluator is late: states may be old' : undefined}>
      {late && <StatusShape status="stale" size={13} />}
      <span>All {active} evaluated <RelativeTime at={data.evaluated_at} /></span>
    </span>
  );
};

/** What stands beside the tabs while the rules are shown. */
export const RulesAside = ({ change }) => {
  const { data } = useRules();
  const can = { edit: useHasRole('operator'), administer: useHasRole('admin') };
  const exporting = useMutation({ mutationFn: exportAlerts, onSuccess: ({ yaml }) => download('belfry-alerts.yaml', yaml, 'application/yaml') });
  return (
    <>
      <Evaluated data={data} />
      <Menu position="bottom-end" width={220}>
        <Menu.Target><Button size="sm" loading={exporting.isPending} rightSection={<Icon name="down" size={12} />}>{exporting.isError ? 'Export failed' : 'YAML'}</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={!can.administer} onClick={() => change({ panel: 'import' })}>Import YAML{can.administer ? '' : ', needs the admin role'}</Menu.Item>
          <Menu.Item onClick={() => exporting.mutate()}>Export all as YAML</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <GuardedButton allowed={can.edit} needs="operator" size="sm" variant="filled" leftSection={<Icon name="plus" size={14} />} onClick={() => change({ rule: 'new', from: '', new: '', panel: '' })}>New rule</GuardedButton>
    </>
  );
};
