import { useState } from 'react';
import { changedSettings, clashes, diffLines } from '../lib/settingsDiff.js';

/** An empty field means the default. */
const filled = (settings, defaults) => Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value ?? defaults[name] ?? value]));
const isSame = (a, b) => !Object.keys(changedSettings(a, b)).length;

/**
 * Settings while they are edited, against the version they started from. A newer version replaces them only while nothing
 * is changed; else `theirs` is {settings, version, by}, `clashes` what both changed, and `takeTheirs()` or `keepMine()` go on.
 */
export const useSettingsDraft = ({ step, defaults, changed_by: by }) => {
  const latest = { settings: step.settings, version: step.version };
  const [base, setBase] = useState(latest);
  const [settings, setSettings] = useState(step.settings);
  const [comment, setComment] = useState('');
  const [fault, setFault] = useState('');

  const wanted = filled(settings, defaults);
  const changed = changedSettings(base.settings, wanted);
  const isNewer = base.version !== latest.version;
  const startFrom = (next) => {
    setBase(latest);
    setSettings(next);
  };
  if (isNewer && (isSame(base.settings, wanted) || isSame(latest.settings, wanted))) startFrom(latest.settings);
  else if (isNewer && isSame(base.settings, latest.settings)) setBase(latest); // it was only switched

  return {
    settings,
    set: setSettings,
    version: base.version,
    changed,
    lines: diffLines(base.settings, wanted),
    comment,
    setComment,
    fault,
    setFault,
    isUsual: isSame(wanted, { ...wanted, ...defaults }),
    theirs: isNewer ? { ...latest, by } : null,
    clashes: isNewer ? clashes(base.settings, latest.settings, wanted) : [],
    takeTheirs: () => startFrom(latest.settings),
    keepMine: () => startFrom({ ...latest.settings, ...changed }),
  };
};
