import { TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { isReady, withMetric } from '../../lib/ruleDraft.js';
import { selectorWords } from '../../lib/matchers.js';
import { ruleErrors } from '../../lib/ruleErrors.js';
import { proposedName } from '../../lib/ruleWords.js';
import { isOfFile, whereToChange } from '../../lib/fileWords.js';
import { FormProblem } from '../FormProblem.jsx';
import { FiresFields, GravityFields, RecoversFields } from './rules/ConditionFields.jsx';
import { FieldError, Warning } from './rules/FieldError.jsx';
import { MetricField } from './rules/MetricField.jsx';
import { AdvancedFields, NotifyFields } from './rules/NotifyFields.jsx';
import { RuleConflict } from './rules/RuleConflict.jsx';
import { RuleFoot } from './rules/RuleFoot.jsx';
import { RuleHead } from './rules/RuleHead.jsx';
import { RulePreview } from './rules/RulePreview.jsx';
import { RuleTest } from './rules/RuleTest.jsx';
import { SelectorField } from './rules/SelectorField.jsx';
import styles from './rules/rules.module.css';

/** What the server said of the rule as it stands now: of the preview while it is written, of the last try to save. */
const errorsOf = (found, save) => ruleErrors([...(save?.errors ?? []), ...(found.problem?.status === 422 ? found.problem.errors : [])]);

const useFocusOnRefusal = (form, problem) =>
  useEffect(() => {
    if (problem?.errors?.length) form.current?.querySelector(':is(input, textarea, select)[aria-invalid="true"]')?.focus();
  }, [form, problem]);

/**
 * A rule as a sentence in fields, with its preview at the side. `rule`: as it is saved, null for a new one; `edit`: its
 * draft (useRuleDraft); `metric`: the one it names; `series` of it; `known`: {metrics, channels, policies, muteTimings};
 * `found`: the preview (useRulePreview); `save`: {problem, isPending}; `test`: samples sent; `act`: {save, close, test,
 * show, forgetTest, openChannel}; `narrow`: the preview opens above the form instead of beside it.
 */
export const AlertRuleEditor = ({ rule, edit, metric, series, known, found, save, test, can, act, narrow }) => {
  const form = useRef(null);
  const { draft, set } = edit;
  const errors = errorsOf(found, save.problem);
  const names = new Map(known.channels.map(({ id, name }) => [id, name]));
  const warnings = ruleErrors(found.preview?.warnings ?? []);
  const editable = can.edit && !isOfFile(rule);
  const levels = known.metrics.find(({ name }) => name === rule?.metric)?.levels;
  const isWrong = found.problem?.status === 422;
  useFocusOnRefusal(form, save.problem);

  const warningOf = (name) => !errors.size && warnings.has(name) && <Warning text={warnings.get(name).text} />;
  const field = (name) => {
    const error = errors.get(name);
    return { 'data-field': name, error: error && <FieldError error={error} onFix={(value) => set({ [name]: value })} />, description: warningOf(name) || undefined, inputWrapperOrder: ['label', 'input', 'error', 'description'] };
  };
  const onMetric = (name) => set(withMetric(draft, known.metrics.find((one) => one.name === name) ?? { name, labels: [] }));
  const onLine = editable ? (name, value) => set({ [name]: value }) : undefined;

  return (
    <section className={`card ${styles.editor}`} aria-label={rule ? rule.name : 'New rule'}>
      <RuleHead rule={rule} levels={levels} isChanged={edit.isChanged} can={can} act={act} narrow={narrow} canPreview={isReady(draft)} />
      <div className={narrow ? '' : styles.columns}>
        <form ref={form} className={styles.form} noValidate onSubmit={(event) => { event.preventDefault(); act.save(); }}>
          {test && <RuleTest test={test} channels={names} onClose={() => act.forgetTest(rule.id)} onOpenChannel={act.openChannel} />}
          {edit.theirs && <RuleConflict edit={edit} />}
          {!can.edit && <p className="note info small">Needs the operator role to change it.</p>}
          {isOfFile(rule) && <p className="note info small">{whereToChange('This rule', rule)}</p>}
          <fieldset className={styles.fields} disabled={!editable}>
            <div className={`${styles.two} ${styles.naming}`}>
              <TextInput {...field('name')} label="Name" maxLength={100} placeholder={proposedName(draft, metric, selectorWords(draft.selector))} value={draft.name} onChange={(event) => set({ name: event.currentTarget.value })} />
              <MetricField metrics={known.metrics} metric={metric} value={draft.metric} onChange={onMetric} error={field('metric').error} warning={warningOf('metric')} />
            </div>
            <SelectorField value={draft.selector} onChange={(selector) => set({ selector })} series={series} unit={metric.unit} levels={metric.levels} error={field('selector').error} warning={warningOf('selector')} />
            <FiresFields draft={draft} set={set} field={field} metric={metric} />
            <RecoversFields draft={draft} set={set} field={field} metric={metric} />
            <GravityFields draft={draft} set={set} field={field} metric={metric} />
            <NotifyFields draft={draft} set={set} field={field} channels={known.channels} policies={known.policies} />
            <AdvancedFields draft={draft} set={set} field={field} metric={metric} muteTimings={known.muteTimings} errors={errors} />
          </fieldset>
          {save.problem?.status !== 409 && <FormProblem problem={save.problem} />}
          <button type="submit" hidden />
        </form>
        {!narrow && <RulePreview found={{ ...found, isWrong }} rule={draft} levels={metric.levels} onLine={onLine} />}
      </div>
      <RuleFoot rule={rule} wrong={errors.size} isReady={isReady(draft)} isChanged={edit.isChanged} saving={save.isPending} can={can} act={act} />
    </section>
  );
};
