import { ActionIcon, Popover } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useHealthIncidents } from '../api/health.js';
import { Duration } from '../components/Duration.jsx';
import { Icon } from '../components/Icon.jsx';
import { StatusShape } from '../components/StatusShape.jsx';
import { plural } from '../lib/formatNumber.js';
import { statusWords } from '../lib/status.js';
import styles from './Bell.module.css';

const shownAtMost = 8;

const Incident = ({ incident, onOpen }) => (
  <li>
    <Link to={`/admin/health?open=${incident.service_id}`} onClick={onOpen}>
      <StatusShape status={incident.status} />
      <span className="grow">
        <span className="strong trunc">{incident.service_name} <span className="visually-hidden">{statusWords[incident.status]}</span></span>
        <span className="small mid trunc">{incident.reason}</span>
      </span>
      <span className="small dim nowrap"><Duration since={incident.started_at} short /></span>
    </Link>
  </li>
);

/** Open incidents: how many, and the newest eight. */
export const Bell = () => {
  const [open, setOpen] = useState(false);
  const incidents = (useHealthIncidents({ state: 'open' }).data?.incidents ?? []).filter((incident) => !incident.ended_at);
  const count = incidents.length;
  const label = count ? plural(count, 'open incident') : 'No open incidents';
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={360} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" className={styles.bell} aria-label={label} aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name="bell" />
          {count > 0 && <span className={styles.number} aria-hidden="true">{count > 99 ? '99+' : count}</span>}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <h2 className={styles.title}>{label}</h2>
        {count > 0 && (
          <ul className={styles.list}>
            {incidents.slice(0, shownAtMost).map((incident) => (
              <Incident key={incident.id} incident={incident} onOpen={() => setOpen(false)} />
            ))}
          </ul>
        )}
        {count > shownAtMost && <p className={`small dim ${styles.more}`}>and {count - shownAtMost} more on the health page</p>}
      </Popover.Dropdown>
    </Popover>
  );
};
