import { flapWords } from '../../lib/checkWords.js';
import { formatLatency, formatUptime } from '../../lib/formatNumber.js';
import { kindWords } from '../../lib/kindWords.js';
import { shownStatus } from '../../lib/status.js';
import { ReasonLine } from '../cards/ReasonLine.jsx';
import { ServiceBadges } from '../cards/ServiceCard.jsx';
import { RelativeTime } from '../RelativeTime.jsx';
import { StatusShape } from '../StatusShape.jsx';
import { VirtualTable } from './VirtualTable.jsx';
import styles from './health.module.css';

const columns = [
  { id: 'name', title: 'Service' },
  { id: 'status', title: 'Status' },
  { id: null, title: 'Reason' },
  { id: 'group', title: 'Group' },
  { id: null, title: 'Checks' },
  { id: 'checked', title: 'Last check', number: true },
  { id: 'duration', title: 'Took', number: true },
  { id: 'uptime', title: 'Uptime, 30 d', number: true },
];

const direction = (id, sort) => ((sort || 'status') === id ? 'ascending' : sort === `-${id}` ? 'descending' : undefined);

const HeadCell = ({ column, sort, onSort }) => {
  const now = column.id && direction(column.id, sort);
  return (
    <th scope="col" className={column.number ? 'n' : ''} aria-sort={now}>
      {column.id ? (
        <button type="button" className={styles.sort} onClick={() => onSort(now === 'ascending' ? `-${column.id}` : column.id)}>
          {column.title}
          <span aria-hidden="true">{now === 'ascending' ? '↑' : now === 'descending' ? '↓' : ''}</span>
        </button>
      ) : (
        column.title
      )}
    </th>
  );
};

const cellsOf = (service, names, onOpen) => {
  const status = shownStatus(service);
  return (
    <>
      <th scope="row"><span className="row trunc"><StatusShape status={status} /><button type="button" className={styles.rowButton} data-card={service.id} onClick={() => onOpen(service.id)}>{service.name}</button></span></th>
      <td title={flapWords(service.recent)}><span className="row"><ServiceBadges service={service} status={status} /></span></td>
      <td className="trunc small"><ReasonLine service={service} status={status} names={names} /></td>
      <td className="mid">{service.group}</td>
      <td className="dim">{kindWords(service.kinds)}</td>
      <td className="n dim"><RelativeTime at={service.last_check} reason="not checked yet" /></td>
      <td className="n">{formatLatency(service.duration_ms)}</td>
      <td className="n strong">{formatUptime(service.uptime_pct)}</td>
    </>
  );
};

/** The board as a table that sorts by any column; a row opens the card in the grid. */
export const HealthTable = ({ services, names, sort, onSort, onOpen, inside }) => (
  <div className={`card ${styles.services}`} {...inside}>
    <VirtualTable
      label="Services"
      head={<tr>{columns.map((column) => <HeadCell key={column.title} column={column} sort={sort} onSort={onSort} />)}</tr>}
      rows={services}
      span={columns.length}
      cells={(service) => cellsOf(service, names, onOpen)}
    />
  </div>
);
