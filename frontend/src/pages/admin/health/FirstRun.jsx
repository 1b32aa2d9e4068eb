import { EmptyState } from '../../../components/EmptyState.jsx';
import { GuardedButton } from '../../../components/GuardedButton.jsx';

const example = `services:
  - id: shop
    checks:
      - kind: http
        url: https://shop.example.com/health`;

/** Nothing of the user's own is watched yet. */
export const FirstRun = ({ canAdd, onAdd }) => (
  <section className="card" style={{ marginBottom: 12 }}>
    <EmptyState title="No service is watched yet." example={example} action={<GuardedButton allowed={canAdd} variant="filled" onClick={onAdd}>Add service</GuardedButton>}>
      Belfry watches itself below. Add a service, or put this in belfry.yaml.
    </EmptyState>
  </section>
);
