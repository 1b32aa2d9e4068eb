import { isOfFile, whereToChange } from '../lib/fileWords.js';

/** Marks a rule, channel, policy or mute timing that the declarative file holds. */
export const FileBadge = ({ one }) => isOfFile(one) && <span className="badge line" title={whereToChange('It', one)}>file</span>;
