import { useDebouncedValue } from '@mantine/hooks';
import { useMiddleware, useSaveSettings, useValidation } from '../../../api/pipeline.js';
import { MiddlewareConfigModal } from '../../../components/modals/MiddlewareConfigModal.jsx';
import { useSettingsDraft } from '../../../hooks/useSettingsDraft.js';
import { announce } from '../../../lib/announce.js';

const restMs = 400; // of typing, before the server is asked

/** Errors of one setting or of a part of it, by their path below the step's settings; and those of the whole. */
const sorted = (errors, prefix) => ({
  errors: errors.filter(({ field }) => field.startsWith(prefix)).map(({ field, message }) => ({ field: field.slice(prefix.length), message })),
  faults: errors.filter(({ field }) => !field.startsWith(prefix)).map(({ message }) => message),
});

/** What is wrong: what the last refusal said, else what the server says to the settings as they are typed. */
const faultsOf = (id, save, validation) => {
  if (save.error?.errors?.length) return sorted(save.error.errors, 'settings.');
  if (!validation) return { errors: [], faults: [] };
  return { errors: sorted(validation.errors, `${id}.`).errors, faults: validation.violations.map(({ message }) => message) };
};

const unknown = (id) => ({ step: { id, settings: {}, version: 0 }, schema: {}, defaults: {}, changed_by: '' });

/** The settings of one step: loaded, edited, tried while they are typed, and saved. */
export const SettingsDialog = ({ view, change, close, canEdit }) => {
  const id = view.step;
  const query = useMiddleware(id);
  const draft = useSettingsDraft(query.data ?? unknown(id));
  const save = useSaveSettings(id);
  const [rested] = useDebouncedValue(draft.changed, restMs);
  const isDirty = Object.keys(draft.changed).length > 0;
  const validation = useValidation({ steps: [{ id, settings: rested }] }, canEdit && isDirty && Object.keys(rested).length > 0);
  const asked = isDirty ? validation.data : undefined;
  const set = (settings) => {
    draft.set(settings);
    if (save.error) save.reset();
  };
  const onSave = () =>
    save.mutate({ settings: draft.changed, base_version: draft.version, comment: draft.comment.trim() }, {
      onSuccess: ({ revision, restart_required: restart }) => {
        announce(`${id} is saved in revision ${revision}. ${restart ? 'Restart required.' : ''}`);
        close();
      },
    });
  return (
    <MiddlewareConfigModal id={id} query={query} draft={{ ...draft, set }} {...faultsOf(id, save, asked)} risky={asked?.valid && asked.risky} save={save} tab={view.tab} onTab={(tab) => change({ tab })} canEdit={canEdit} onSave={onSave} onClose={close} />
  );
};
