import { leanSpec } from '../../lib/serviceSpec.js';
import { specYaml } from '../../lib/specYaml.js';
import { CopyButton } from '../CopyButton.jsx';

/** The same service as it would stand in `belfry.yaml`. */
export const ServiceEditorYaml = ({ spec }) => {
  const yaml = specYaml(leanSpec(spec));
  return (
    <figure className="example" aria-label="As YAML">
      <pre className="mono" tabIndex={0}>{yaml}</pre>
      <CopyButton text={yaml} />
    </figure>
  );
};
