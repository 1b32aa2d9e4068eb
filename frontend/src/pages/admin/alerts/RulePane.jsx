import { useRef, useState } from 'react';
import { useSeries } from '../../../api/alertMetrics.js';
import { useCreateRule, useRuleVersions, useUpdateRule } from '../../../api/alertRules.js';
import { usePolicies } from '../../../api/escalation.js';
import { useMuteTimings } from '../../../api/silences.js';
import { AlertRuleEditor } from '../../../components/admin/AlertRuleEditor.jsx';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { AlertPreviewModal } from '../../../components/modals/AlertPreviewModal.jsx';
import { RuleVersionsModal } from '../../../components/modals/RuleVersionsModal.jsx';
import { Skeleton, SkeletonRows } from '../../../components/Skeleton.jsx';
import { UnsavedDialog } from '../../../components/modals/UnsavedDialog.jsx';
import { useLeaveGuard } from '../../../hooks/useLeaveGuard.js';
import { useRuleDraft } from '../../../hooks/useRuleDraft.js';
import { useRulePreview } from '../../../hooks/useRulePreview.js';
import { announce } from '../../../lib/announce.js';
import { draftOf, isReady, metricNamed, newDraft, specOf } from '../../../lib/ruleDraft.js';
import { isOfFile } from '../../../lib/fileWords.js';

const none = [];
const subject = ({ pathname, search }) => {
  const params = new URLSearchParams(search);
  return [pathname, ...['tab', 'rule', 'from'].map((name) => params.get(name) ?? '')].join();
};
const leavesRule = ({ currentLocation, nextLocation }) => subject(currentLocation) !== subject(nextLocation);

const about = (view) => ['service', 'method', 'route'].filter((name) => view[name]).map((name) => ({ label: name === 'route' ? 'path' : name, match: '=', value: view[name] }));
/** What a new rule starts from: another rule, or what the address says it is about. */
const startOf = (view, rules, metrics) => {
  const from = rules.find(({ id }) => id === view.from);
  return from ? { ...draftOf(from), name: `${from.name} (copy)` } : newDraft({ metric: view.new, selector: about(view) }, metrics);
};

const Versions = ({ rule, ...modal }) => <RuleVersionsModal rule={rule} query={useRuleVersions(rule.id, rule.version)} {...modal} />;

/** The draft is kept until it is saved: what is typed survives a refused try, and asks before it is left. */
const Editing = ({ rule, view, rules, channels, metrics, tests, can, act, narrow }) => {
  const [start] = useState(() => (rule ? null : startOf(view, rules, metrics)));
  const edit = useRuleDraft(rule, start);
  const create = useCreateRule();
  const update = useUpdateRule();
  const saved = useRef(false);
  const leaving = useLeaveGuard(edit.isChanged, (places) => !saved.current && leavesRule(places));
  const metric = metricNamed(metrics, edit.draft.metric, rule?.metric === edit.draft.metric ? rule.unit : '');
  const series = useSeries(metric.series ? metric.name : '').data;
  const known = { metrics, channels, policies: usePolicies().data?.policies ?? none, muteTimings: useMuteTimings().data?.mute_timings ?? none };
  const spec = specOf(edit.draft, metric, rule ? { id: rule.id } : {});
  const found = useRulePreview(isReady(edit.draft) ? { rule: { ...spec, name: spec.name || 'New rule' } } : null);
  const mutation = rule ? update : create;
  const sent = mutation.variables?.spec ?? mutation.variables;
  const isOfThis = JSON.stringify({ ...sent, version: undefined }) === JSON.stringify({ ...spec, version: undefined });

  const save = () => {
    if (!can.edit || isOfFile(rule) || !isReady(edit.draft) || mutation.isPending) return;
    if (rule) update.mutate({ id: rule.id, spec: { ...spec, version: edit.version } }, { onSuccess: () => announce(`${spec.name} is saved.`) });
    else create.mutate(spec, { onSuccess: ({ id, name }) => { saved.current = true; announce(`${name} is made.`); act.open(id); } });
  };
  return (
    <>
      <AlertRuleEditor rule={rule} edit={edit} metric={metric} series={series} known={known} found={found} save={{ problem: isOfThis ? mutation.error : null, isPending: mutation.isPending }} test={rule && tests[rule.id]} can={can} act={{ ...act, save }} narrow={narrow} />
      {narrow && view.panel === 'preview' && <AlertPreviewModal title={spec.name || 'New rule'} onClose={act.hide} found={{ ...found, isWrong: found.problem?.status === 422 }} rule={edit.draft} levels={metric.levels} onLine={can.edit && !isOfFile(rule) ? (name, value) => edit.set({ [name]: value }) : undefined} />}
      {rule && view.panel === 'versions' && <Versions rule={rule} canEdit={can.edit && !isOfFile(rule)} onClose={act.hide} onTake={(draft) => { edit.set(draft); act.hide(); }} />}
      {leaving && <UnsavedDialog what="this rule" onStay={leaving.stay} onLeave={leaving.leave} />}
    </>
  );
};

const Nothing = ({ rules, can, act }) => (
  <section className="card" aria-label="Editor">
    <EmptyState title="No rule is open." action={can.edit && <button type="button" className="link" onClick={act.create}>Make a new rule</button>}>
      {rules.length ? 'Choose one to see what it would have done over the last 24 hours, and to change it.' : 'The first one appears here.'}
    </EmptyState>
  </section>
);

const Loading = () => <Skeleton label="Loading the metrics"><section className="card"><SkeletonRows rows={10} height={56} /></section></Skeleton>;

/** The open rule. `metrics`: the catalogue, undefined until it is known. */
export const RulePane = (props) => {
  const { rule, view, metrics, ...rest } = props;
  if (!view.rule) return <Nothing {...rest} />;
  if (view.rule === 'new') return metrics ? <Editing {...props} rule={null} /> : <Loading />;
  if (!rule) return <section className="card" aria-label="Editor"><EmptyState title={`There is no rule ${view.rule}.`} action={<button type="button" className="link" onClick={rest.act.close}>Close</button>}>It may have been deleted.</EmptyState></section>;
  return <Editing {...props} metrics={metrics ?? none} />;
};
