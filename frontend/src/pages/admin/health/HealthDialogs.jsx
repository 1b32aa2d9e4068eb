import { lazy, Suspense } from 'react';
import { DayDialog } from './DayDialog.jsx';
import { MuteDialog } from './MuteDialog.jsx';
import { RemoveDialog } from './RemoveDialog.jsx';
import { ResultsDialog } from './ResultsDialog.jsx';

const EditorDialog = lazy(async () => ({ default: (await import('./EditorDialog.jsx')).EditorDialog }));

const dialogs = { add: EditorDialog, edit: EditorDialog, mute: MuteDialog, remove: RemoveDialog, results: ResultsDialog, day: DayDialog };
const needService = new Set(['edit', 'mute', 'remove', 'results', 'day']);

/** The dialog that the address asks for, if any: `panel` with `service`, `run`, `day`. */
export const HealthDialogs = ({ view, ...rest }) => {
  const Dialog = dialogs[view.panel];
  const service = rest.byId.get(view.service);
  if (!Dialog || (needService.has(view.panel) && !service)) return null;
  return (
    <Suspense fallback={null}>
      <Dialog key={`${view.panel} ${view.service}`} view={view} service={service} {...rest} />
    </Suspense>
  );
};
