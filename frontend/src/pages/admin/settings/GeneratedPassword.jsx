import { TextInput } from '@mantine/core';
import { CopyButton } from '../../../components/CopyButton.jsx';

/** A first password, made here, that the admin hands over. It is shown, since somebody has to copy it. */
export const GeneratedPassword = ({ value, onChange, error }) => (
  <TextInput label="First password" description="Hand it over in a safe way. It must be changed at the first sign-in." autoComplete="off" spellCheck={false}
    value={value} onChange={(event) => onChange(event.currentTarget.value)} error={error} styles={{ input: { fontFamily: 'var(--bf-mono)' } }}
    rightSection={<CopyButton text={value} />} rightSectionWidth={92} />
);
