import { Modal } from '@mantine/core';
import { ruleYaml } from '../../lib/ruleYaml.js';
import { usePhone } from '../../lib/usePhone.js';
import { CopyButton } from '../CopyButton.jsx';

/** A rule as it would stand in a YAML file beside a service. */
export const RuleYamlModal = ({ rule, onClose }) => {
  const phone = usePhone();
  const yaml = ruleYaml(rule);
  return (
    <Modal opened onClose={onClose} size={560} fullScreen={phone} title={`${rule.name} as YAML`}>
      <figure className="example" tabIndex={0} role="region" aria-label="YAML">
        <pre className="mono">{yaml}</pre>
        <CopyButton text={yaml} />
      </figure>
    </Modal>
  );
};
