import { ActionIcon, Button, MultiSelect, TextInput } from '@mantine/core';
import { withMovedStep, withNewStep, withoutStep, withStep } from '../../../lib/policyForm.js';
import { Icon } from '../../Icon.jsx';
import { DelayInput } from './DelayInput.jsx';
import styles from './policies.module.css';

const mostSteps = 20;

const Tools = ({ at, count, set, steps }) => (
  <>
    <ActionIcon size={24} variant="subtle" aria-label={`Step ${at + 1} up`} disabled={at === 0} onClick={() => set(withMovedStep(steps, at, -1))}><Icon name="arrowUp" size={14} /></ActionIcon>
    <ActionIcon size={24} variant="subtle" aria-label={`Step ${at + 1} down`} disabled={at === count - 1} onClick={() => set(withMovedStep(steps, at, 1))}><Icon name="arrowDown" size={14} /></ActionIcon>
    <ActionIcon size={24} variant="subtle" aria-label={`Remove step ${at + 1}`} disabled={count === 1} onClick={() => set(withoutStep(steps, at))}><Icon name="close" size={14} /></ActionIcon>
  </>
);

/** Who is told, one step after the other. `channels`: {value, label}; `fault(path)`: the server's words for a field. */
export const PolicySteps = ({ steps, channels, set, fault, readOnly }) => (
  <>
    {steps.map((step, at) => (
      <section key={at} className={styles.step} aria-label={`Step ${at + 1}`}>
        <header><b className="grow">Step {at + 1}</b>{!readOnly && <Tools at={at} count={steps.length} set={set} steps={steps} />}</header>
        <div className={styles.fields}>
          <TextInput label="Name" placeholder={at ? 'Lead' : 'On call'} maxLength={100} readOnly={readOnly} value={step.name} onChange={(event) => set(withStep(steps, at, { name: event.currentTarget.value }))} error={fault(`steps[${at}].name`)} />
          <DelayInput label={at ? 'After the step before' : 'After it fired'} readOnly={readOnly} seconds={step.delay_seconds} onChange={(delay_seconds) => set(withStep(steps, at, { delay_seconds }))} error={fault(`steps[${at}].delay_seconds`)} />
        </div>
        <MultiSelect size="sm" label="Tell" searchable readOnly={readOnly} placeholder={step.channels.length ? '' : 'Channels'} data={channels} value={step.channels} onChange={(chosen) => set(withStep(steps, at, { channels: chosen }))} error={fault(`steps[${at}].channels`)} />
      </section>
    ))}
    {!readOnly && <div><Button size="sm" leftSection={<Icon name="plus" size={14} />} disabled={steps.length >= mostSteps} onClick={() => set(withNewStep(steps))}>Add step</Button></div>}
  </>
);
