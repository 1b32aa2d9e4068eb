import { notifications } from '@mantine/notifications';
import { AlertShape } from '../components/AlertShape.jsx';
import { Icon } from '../components/Icon.jsx';
import { problemWords } from '../lib/problem.js';
import { ruleShape, stateWords } from '../lib/ruleWords.js';
import { action } from './paletteAction.jsx';

export const ruleActions = (rules, navigate) =>
  rules.map((rule) =>
    action(`rule:${rule.id}`, rule.name, () => navigate(`/admin/alerts-config?rule=${rule.id}`), {
      description: `Alert rule · ${stateWords[rule.state]}`,
      keywords: `${rule.id} ${rule.metric}`,
      leftSection: <AlertShape shape={ruleShape(rule)} share={0.5} />,
    }),
  );

const told = ({ name }, done) => ({
  onSuccess: () => notifications.show({ title: name, message: done }),
  onError: (problem) => notifications.show({ title: name, message: problemWords(problem) }),
});

/** `run({id, enabled}, options)`: switches a rule. */
export const pauseActions = (rules, allowed, run) =>
  rules.map((rule) => {
    const [verb, done] = rule.enabled ? ['Pause', 'Paused'] : ['Resume', 'Active again'];
    return action(`switch:${rule.id}`, `${verb} rule ${rule.name}`, () => run({ id: rule.id, enabled: !rule.enabled }, told(rule, done)), {
      disabled: !allowed,
      description: allowed ? undefined : 'Needs the operator role',
      leftSection: <Icon name={rule.enabled ? 'muted' : 'play'} />,
    });
  });
