import { Tooltip } from '@mantine/core';
import { switchFault } from '../../../lib/pipelineOrder.js';
import styles from './steps.module.css';

/** Switches a step at once; when it may not be switched, it says why. Viewers read the word. */
export const StepSwitch = ({ step, steps, enabled, busy, canEdit, onToggle }) => {
  if (!canEdit) return <span className="small mid">{enabled ? 'On' : 'Off'}</span>;
  const fault = steps ? switchFault(step.id, !enabled, steps) : '';
  const control = (
    <button type="button" role="switch" className={styles.switch} aria-checked={enabled} aria-label={step.id} aria-busy={busy || undefined} aria-disabled={fault ? true : undefined} aria-description={fault || undefined}
      onClick={() => !fault && !busy && onToggle?.(step.id, !enabled)} />
  );
  return fault ? <Tooltip label={fault}>{control}</Tooltip> : control;
};
