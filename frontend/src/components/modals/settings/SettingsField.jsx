import { NativeSelect, NumberInput, Switch, TagsInput, TextInput } from '@mantine/core';
import { asVariant, errorWords, variantIndex } from '../../../lib/settingsSchema.js';
import { SettingsJsonField } from './SettingsJsonField.jsx';
import styles from './settings.module.css';

const order = ['label', 'input', 'error', 'description'];

/** What every input has: its label, the hint under it, the default where it is empty, and what the server has against it. */
const input = ({ field, error, disabled }) => ({
  label: field.label,
  description: field.hint || undefined,
  placeholder: field.usual == null ? undefined : String(field.usual),
  inputWrapperOrder: order,
  error: error || undefined,
  disabled,
  autoComplete: 'off',
  spellCheck: false,
});

const Text = ({ value, onChange, ...rest }) => <TextInput {...input(rest)} maxLength={rest.field.most} value={value ?? ''} onChange={(event) => onChange(event.currentTarget.value)} />;

const Number_ = ({ value, onChange, ...rest }) => {
  const { unit, whole } = rest.field;
  return <NumberInput {...input(rest)} hideControls allowDecimal={!whole} rightSection={unit ? <span className="small dim">{unit}</span> : undefined} rightSectionWidth={unit.length * 7 + 16} value={value ?? ''} onChange={(next) => onChange(next === '' ? null : Number(next))} />;
};

const Choice = ({ value, onChange, ...rest }) => {
  const { options } = rest.field;
  const chosen = (text) => options.find((option) => String(option.value) === text).value;
  return <NativeSelect {...input(rest)} data={options.map((option) => ({ value: String(option.value), label: option.label }))} value={String(value ?? rest.field.usual)} onChange={(event) => onChange(chosen(event.currentTarget.value))} />;
};

const OnOff = ({ field, value, onChange, error, disabled }) => (
  <Switch className={styles.switch} label={field.label} aria-label={field.label} description={field.hint || undefined} checked={value ?? field.usual ?? false} error={error || undefined} disabled={disabled} onChange={(event) => onChange(event.currentTarget.checked)} />
);

const Tags = ({ value, onChange, ...rest }) => {
  const tags = value ?? rest.field.usual ?? [];
  return <TagsInput {...input(rest)} placeholder={rest.disabled ? undefined : 'Add one'} title={rest.field.itemHint || undefined} maxTags={rest.field.most} value={tags} onChange={onChange} classNames={{ pill: styles.pill }} />;
};

/** Some of a few: each can be pressed by itself. */
const Choices = ({ field, value, onChange, error, disabled }) => {
  const chosen = value ?? field.usual ?? [];
  const toggle = (one) => onChange(field.options.map((option) => option.value).filter((option) => (option === one) !== chosen.includes(option)));
  return (
    <fieldset className={styles.choices} disabled={disabled}>
      <legend>{field.label}</legend>
      <div>
        {field.options.map((option) => <button key={option.value} type="button" className="chip" aria-pressed={chosen.includes(option.value)} onClick={() => toggle(option.value)}>{option.label}</button>)}
      </div>
      {error && <p className={styles.error}>{error}</p>}
      {field.hint && <p className={styles.hint}>{field.hint}</p>}
    </fieldset>
  );
};

const Group = ({ field, value, onChange, path, errors, disabled, onFault }) => (
  <fieldset className={styles.group}>
    <legend>{field.label}</legend>
    {field.hint && <p className={styles.hint}>{field.hint}</p>}
    <SettingsFields fields={field.fields} value={value ?? {}} onChange={onChange} path={path} errors={errors} disabled={disabled} onFault={onFault} />
  </fieldset>
);

const OneOf = ({ field, value, onChange, path, errors, disabled, onFault }) => {
  const at = variantIndex(field.variants, value);
  const data = field.variants.map((variant, index) => ({ value: String(index), label: variant.label }));
  return (
    <fieldset className={styles.group}>
      <legend className="visually-hidden">{field.label}</legend>
      <NativeSelect {...input({ field, disabled })} data={data} value={String(at)} onChange={(event) => onChange(asVariant(field.variants[event.currentTarget.value], value))} />
      <SettingsFields fields={field.variants[at].fields} value={value ?? {}} onChange={onChange} path={path} errors={errors} disabled={disabled} onFault={onFault} />
    </fieldset>
  );
};

const controls = { text: Text, number: Number_, select: Choice, switch: OnOff, tags: Tags, choices: Choices, group: Group, oneOf: OneOf, json: SettingsJsonField };
const wide = new Set(['tags', 'choices', 'group', 'oneOf', 'json']);

/** Fields of an object, each drawn by its kind. `path`: of the object, with a full stop at its end; `errors`: `{field,
    message}` by path. */
export const SettingsFields = ({ fields, value, onChange, path = '', errors, disabled, onFault }) => (
  <div className={styles.fields}>
    {fields.map((field) => {
      const Control = controls[field.kind];
      const at = `${path}${field.name}`;
      const error = errorWords(at, value[field.name], errors);
      return (
        <div key={field.name} className={wide.has(field.kind) ? styles.wide : ''} data-field={at} data-restarts={field.restarts || undefined}>
          <Control field={field} value={value[field.name]} onChange={(next) => onChange({ ...value, [field.name]: next })} path={`${at}.`} error={error} errors={errors} disabled={disabled} onFault={onFault} />
        </div>
      );
    })}
  </div>
);
