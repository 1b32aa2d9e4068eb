import { csv } from './csv.js';

const columns = ['at', 'actor', 'role', 'action', 'object', 'outcome', 'client_ip', 'request_id', 'before', 'after'];

export const auditCsv = (entries) => csv(columns, entries);
