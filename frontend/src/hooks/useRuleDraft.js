import { useState } from 'react';
import { draftOf, isSame } from '../lib/ruleDraft.js';
import { changedFields } from '../lib/ruleDiff.js';

/**
 * A rule while it is edited, against the version it started from. `rule`: as it is saved now, or null for a new one that
 * starts from `start`. A newer version replaces the draft only while nothing is changed; else `theirs` is {draft, version,
 * by}, `clashes` names what both changed, and `takeTheirs()` or `keepMine()` go on.
 */
export const useRuleDraft = (rule, start) => {
  const latest = { draft: rule ? draftOf(rule) : start, version: rule?.version ?? 0 };
  const [base, setBase] = useState(latest);
  const [draft, setDraft] = useState(latest.draft);
  const isNewer = base.version !== latest.version;
  const mine = changedFields(base.draft, draft);
  const startFrom = (next) => {
    setBase(latest);
    setDraft(next);
  };
  if (isNewer && (!mine.length || isSame(latest.draft, draft))) startFrom(latest.draft);
  else if (isNewer && isSame(base.draft, { ...latest.draft, enabled: base.draft.enabled })) startFrom({ ...draft, enabled: latest.draft.enabled }); // it was only paused or resumed

  const hers = isNewer ? changedFields(base.draft, latest.draft) : [];
  return {
    draft,
    set: (changes) => setDraft((old) => ({ ...old, ...changes })),
    base: base.draft,
    version: base.version,
    isChanged: rule ? mine.length > 0 : !isSame(draft, start),
    theirs: isNewer ? { ...latest, by: rule.updated_by } : null,
    clashes: hers.filter((name) => mine.includes(name) && !isSame(latest.draft[name], draft[name])),
    takeTheirs: () => startFrom(latest.draft),
    keepMine: () => startFrom({ ...latest.draft, ...Object.fromEntries(mine.map((name) => [name, draft[name]])) }),
  };
};
