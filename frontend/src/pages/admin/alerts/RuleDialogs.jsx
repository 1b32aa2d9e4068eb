import { useMediaQuery } from '@mantine/hooks';
import { useDeleteRule, useEvaluations, useImportAlerts } from '../../../api/alertRules.js';
import { SilenceDialog } from '../../../components/admin/alerts/SilenceDialog.jsx';
import { AlertPreviewModal } from '../../../components/modals/AlertPreviewModal.jsx';
import { DeleteModal } from '../../../components/modals/DeleteModal.jsx';
import { ImportModal } from '../../../components/modals/ImportModal.jsx';
import { RuleWhyModal } from '../../../components/modals/RuleWhyModal.jsx';
import { RuleYamlModal } from '../../../components/modals/RuleYamlModal.jsx';
import { useRulePreview } from '../../../hooks/useRulePreview.js';
import { announce } from '../../../lib/announce.js';
import { plural } from '../../../lib/formatNumber.js';
import { newSilence } from '../../../lib/silenceForm.js';

const noLevels = {};

const Preview = ({ rule, levels, act }) => (
  <AlertPreviewModal title={rule.name} onClose={act.hide} found={useRulePreview({ rule_id: rule.id })} rule={rule} levels={levels.get(rule.metric) ?? noLevels} />
);

const Why = ({ rule, levels, act }) => <RuleWhyModal rule={rule} levels={levels.get(rule.metric) ?? noLevels} query={useEvaluations(rule.id)} onClose={act.hide} />;

const Delete = ({ rule, act, change }) => {
  const run = useDeleteRule();
  const open = rule.open_incidents.length;
  const onDelete = () => run.mutate(rule.id, { onSuccess: () => { announce(`${rule.name} is deleted.`); change({ panel: '', rule: '' }); } });
  return (
    <DeleteModal name={rule.name} run={run} onDelete={onDelete} onClose={act.hide}>
      It is not evaluated any more.{open > 0 && ` ${plural(open, 'open incident')} of it ${open > 1 ? 'are' : 'is'} resolved.`} Its past incidents stay. To stop it for a while, pause it.
    </DeleteModal>
  );
};

const Import = ({ act }) => <ImportModal run={useImportAlerts()} onClose={act.hide} />;

const Yaml = ({ rule, act }) => <RuleYamlModal rule={rule} onClose={act.hide} />;
const Silence = ({ rule, act }) => <SilenceDialog start={{ ...newSilence, ruleIds: [rule.id] }} onClose={act.hide} />;

const ofRule = { preview: Preview, why: Why, delete: Delete, yaml: Yaml, silence: Silence };

/** The dialog that the address names, over the list. */
export const RuleDialogs = ({ view, rules, ...rest }) => {
  const narrow = useMediaQuery('(max-width: 1179px)', false, { getInitialValueInEffect: false });
  const rule = rules.find(({ id }) => id === view.rule);
  if (view.panel === 'import') return <Import {...rest} />;
  if (view.panel === 'preview' && narrow) return null; // the editor's own, of what is being edited
  const Dialog = ofRule[view.panel];
  return Dialog && rule ? <Dialog rule={rule} {...rest} /> : null;
};
