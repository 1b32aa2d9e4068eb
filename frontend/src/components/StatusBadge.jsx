import { statusWords } from '../lib/status.js';

const text = (status, causes) => (status === 'risk' && causes ? `At risk, ${causes} ${causes === 1 ? 'cause' : 'causes'}` : statusWords[status]);

/** The status as a word in its tint. `causes`: number of root causes, for `risk`. */
export const StatusBadge = ({ status, causes = 0 }) => <span className={`badge ${status}`}>{text(status, causes)}</span>;
