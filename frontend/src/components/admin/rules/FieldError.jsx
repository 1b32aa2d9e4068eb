import { sentence } from '../../../lib/sentences.js';

/** What the server has against a field, and the value that would do. */
export const FieldError = ({ error: { text, fix }, onFix }) => (
  <>
    {sentence(text)}
    {fix != null && <> <button type="button" className="link small" onClick={() => onFix(fix)}>Use {fix}</button></>}
  </>
);

/** What is allowed and yet looks wrong. */
export const Warning = ({ text }) => <span className="t-degraded">{sentence(text)}</span>;
