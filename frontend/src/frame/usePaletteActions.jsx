import { useMantineColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useNavigate } from 'react-router';
import { useKnownRules, useSwitchRule } from '../api/alertRules.js';
import { useBoard, useCheckNow } from '../api/health.js';
import { useOpenIncidents } from '../api/incidents.js';
import { useKnownEndpoints } from '../api/latency.js';
import { usePipelineOfFrame } from '../api/pipeline.js';
import { useHasRole } from '../api/session.js';
import { useKnownConnections } from '../api/websocket.js';
import { Icon } from '../components/Icon.jsx';
import { StatusShape } from '../components/StatusShape.jsx';
import { endpointId } from '../lib/endpointId.js';
import { formatLatency, plural } from '../lib/formatNumber.js';
import { incidentShape, incidentTitle, stateWords } from '../lib/incidentWords.js';
import { endpointName } from '../lib/latencyWords.js';
import { problemWords } from '../lib/problem.js';
import { failingFirst, shownStatus, statusWords } from '../lib/status.js';
import { setPreference } from '../lib/preferences.js';
import { pages } from './navigation.js';
import { action, hint } from './paletteAction.jsx';
import { pauseActions, ruleActions } from './ruleActions.jsx';
import { shortcutSheetOpen } from './ShortcutSheet.jsx';

const pageActions = (navigate) =>
  pages.map(({ label, path, icon, key, outside }) =>
    action(`page:${path}`, label, () => (outside ? window.location.assign(path) : navigate(path)), {
      leftSection: <Icon name={icon} />,
      rightSection: hint(key && `g ${key}`),
    }),
  );

const serviceActions = (services, navigate) =>
  failingFirst(services).map((service) =>
    action(`service:${service.id}`, service.name, () => navigate(`/admin/health?open=${service.id}`), {
      description: `${statusWords[shownStatus(service)]} · ${service.group}`,
      keywords: `${service.id} ${service.group} ${service.tags.join(' ')}`,
      leftSection: <StatusShape status={shownStatus(service)} />,
    }),
  );

const endpointActions = (endpoints, navigate) =>
  endpoints.map((latency) =>
    action(`endpoint:${endpointId(latency)}`, endpointName(latency), () => navigate(`/admin/latency?${new URLSearchParams({ open: endpointId(latency) })}`), {
      description: `${latency.service} · P99 ${formatLatency(latency.p99)}`,
      keywords: latency.service,
      leftSection: <Icon name="latency" />,
    }),
  );

const connectionActions = (connections, navigate) =>
  [...Map.groupBy(connections, ({ client_ip: ip }) => ip)].map(([ip, same]) => {
    const users = [...new Set(same.map(({ user }) => user).filter(Boolean))].join(', ');
    return action(`connections:${ip}`, ip, () => navigate(`/admin?${new URLSearchParams({ panel: 'connections', q: ip })}`), {
      description: [users, plural(same.length, 'connection')].filter(Boolean).join(' · '),
      keywords: users,
      leftSection: <Icon name="link" />,
    });
  });

const stepActions = (steps, navigate) =>
  steps.map(({ id, name, enabled }) =>
    action(`step:${id}`, `Settings of ${id}`, () => navigate(`/admin/middleware?panel=settings&step=${id}`), {
      description: enabled ? name : `${name} · off`,
      keywords: name,
      leftSection: <Icon name="middleware" />,
    }),
  );

const incidentActions = (incidents, navigate) =>
  incidents.map((incident) =>
    action(`incident:${incident.id}`, incidentTitle(incident), () => navigate(`/admin/incidents/${incident.id}`), {
      description: `Incident ${incident.id} · ${stateWords(incident).words}`,
      keywords: `${incident.id} ${incident.service ?? ''}`,
      leftSection: <StatusShape status={incidentShape(incident)} />,
    }),
  );

const silenceActions = (incidents, allowed, navigate) =>
  incidents.filter(({ hold }) => !hold).map((incident) =>
    action(`silence:${incident.id}`, `Silence ${incidentTitle(incident)}`, () => navigate(`/admin/incidents/${incident.id}?panel=silence`), {
      disabled: !allowed,
      description: allowed ? undefined : 'Needs the operator role',
      leftSection: <Icon name="muted" />,
      rightSection: hint('s'),
    }),
  );

const checkActions = (services, allowed, check) =>
  failingFirst(services).map((service) =>
    action(`check:${service.id}`, `Check ${service.name} now`, () => check(service), {
      disabled: !allowed,
      description: allowed ? undefined : 'Needs the operator role',
      leftSection: <Icon name="play" />,
    }),
  );

const commandActions = (setColorScheme, navigate) => [
  action('theme:light', 'Light theme', () => setColorScheme('light'), { leftSection: <Icon name="sun" /> }),
  action('theme:dark', 'Dark theme', () => setColorScheme('dark'), { leftSection: <Icon name="moon" /> }),
  action('theme:auto', 'Theme of the system', () => setColorScheme('auto'), { leftSection: <Icon name="system" /> }),
  action('zone:UTC', 'Times in UTC', () => setPreference('zone', 'UTC'), { leftSection: <Icon name="clock" /> }),
  action('zone:local', 'Times in the local zone', () => setPreference('zone', 'local'), { leftSection: <Icon name="clock" /> }),
  action('shortcuts', 'Keyboard shortcuts', () => shortcutSheetOpen.set(true), { leftSection: <Icon name="keyboard" />, rightSection: hint('?') }),
  action('tokens', 'API tokens', () => navigate('/admin/settings/tokens'), { leftSection: <Icon name="key" /> }),
];

const told = (service) => ({
  onSuccess: (run) => notifications.show({ title: service.name, message: `${run.result === 'pass' ? 'Passed' : run.reason} in ${formatLatency(run.duration_ms)}` }),
  onError: (problem) => notifications.show({ title: `${service.name} was not checked`, message: problemWords(problem) }),
});

const stepsOf = ({ steps }) => steps;
const openOnes = ({ incidents }) => incidents;
const nothing = () => null;

/** Everything the palette can do, in its groups. Services, endpoints, steps and connections are listed while it is `opened`. */
export const usePaletteActions = (opened) => {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const board = useBoard({ subscribed: opened }).data;
  const services = opened && board ? board.services : [];
  const steps = usePipelineOfFrame(opened ? stepsOf : nothing).data ?? [];
  const endpoints = useKnownEndpoints(opened) ?? [];
  const connections = useKnownConnections(opened) ?? [];
  const incidents = useOpenIncidents({ subscribed: opened, select: opened ? openOnes : nothing }).data ?? [];
  const rules = useKnownRules(opened) ?? [];
  const { mutate: switchRule } = useSwitchRule();
  const operates = useHasRole('operator');
  const checkNow = useCheckNow();
  const check = (service) => checkNow.mutate(service.id, told(service));
  return [
    { group: 'Services', actions: serviceActions(services, navigate) },
    { group: 'Incidents', actions: incidentActions(incidents, navigate) },
    { group: 'Alert rules', actions: ruleActions(rules, navigate) },
    { group: 'Endpoints', actions: endpointActions(endpoints, navigate) },
    { group: 'Connections', actions: connectionActions(connections, navigate) },
    { group: 'Pages', actions: pageActions(navigate) },
    { group: 'Middleware', actions: stepActions(steps, navigate) },
    { group: 'Commands', actions: commandActions(setColorScheme, navigate) },
    { group: 'Check now', actions: checkActions(services, operates, check) },
    { group: 'Silence', actions: silenceActions(incidents, operates, navigate) },
    { group: 'Pause and resume', actions: pauseActions(rules, operates, switchRule) },
  ];
};
