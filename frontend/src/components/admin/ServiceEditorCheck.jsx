import { fieldsOf, kindOf } from '../../lib/checkKinds.js';
import { errorAt } from '../../lib/specErrors.js';
import { ServiceEditorField } from './ServiceEditorField.jsx';
import styles from './editor.module.css';

/** One check: only the fields of its kind, the rare ones folded. `errors`: by path; `path`: of this check; `removeWords`: "Change the kind" while it is the only one. */
export const ServiceEditorCheck = ({ check, path, errors, onChange, onRemove, removeWords }) => {
  const { title } = kindOf(check.kind);
  const fields = fieldsOf(check.kind);
  const draw = (field) => (
    <ServiceEditorField key={field.name} field={field} value={check[field.name]} error={errorAt(errors, `${path}.${field.name}`)} onChange={(value) => onChange({ ...check, [field.name]: value })} />
  );
  const folded = fields.filter((field) => field.more);
  const wrong = folded.some((field) => errorAt(errors, `${path}.${field.name}`));
  return (
    <section className={styles.check} aria-label={`${title} check`}>
      <h3 className={styles.heading}>
        <span>{title}</span>
        <button type="button" className="link small" onClick={onRemove}>{removeWords}</button>
      </h3>
      <div className={styles.fields}>{fields.filter((field) => !field.more).map(draw)}</div>
      <details className={styles.more} open={wrong || undefined}>
        <summary>More about this check</summary>
        <div className={styles.fields}>{folded.map(draw)}</div>
      </details>
    </section>
  );
};
