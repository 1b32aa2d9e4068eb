import { CopyButton } from './CopyButton.jsx';

/** Nothing here yet, or nothing that matches: one sentence, one action, one example that can be copied. */
export const EmptyState = ({ title, children, action, example }) => (
  <div className="state">
    <p className="strong">{title}</p>
    {children && <p className="mid">{children}</p>}
    {example && (
      <figure className="example">
        <pre className="mono">{example}</pre>
        <CopyButton text={example} />
      </figure>
    )}
    {action}
  </div>
);
