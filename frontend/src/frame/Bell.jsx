import { ActionIcon, Popover } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useOpenIncidents } from '../api/incidents.js';
import { Duration } from '../components/Duration.jsx';
import { Icon } from '../components/Icon.jsx';
import { AckButton } from '../components/panels/AckButton.jsx';
import { StatusShape } from '../components/StatusShape.jsx';
import { useAlertCounts } from '../hooks/useAlertCounts.js';
import { incidentShape, objectLine } from '../lib/incidentWords.js';
import styles from './Bell.module.css';

const shownAtMost = 8;

const isFiring = ({ state, hold }) => state === 'firing' && !hold;
const newestFirst = ({ incidents }) => incidents.filter(isFiring).toSorted((a, b) => b.fired_at.localeCompare(a.fired_at));

const Incident = ({ incident, onOpen }) => (
  <li className={styles.incident}>
    <Link to={`/admin/incidents/${incident.id}`} onClick={onOpen}>
      <StatusShape status={incidentShape(incident)} />
      <span className="grow">
        <span className="strong trunc">{incident.rule_name} <span className="visually-hidden">{incident.severity}</span></span>
        <span className="small mid trunc">{objectLine(incident)}</span>
      </span>
      <span className="small dim nowrap"><Duration since={incident.fired_at} short /></span>
    </Link>
    <AckButton incident={incident} />
  </li>
);

const Inbox = ({ count, onOpen }) => {
  const incidents = useOpenIncidents({ select: newestFirst }).data ?? [];
  return (
    <>
      {incidents.length > 0 && <ul className={styles.list}>{incidents.slice(0, shownAtMost).map((one) => <Incident key={one.id} incident={one} onOpen={onOpen} />)}</ul>}
      <p className={styles.more}><Link className="link small" to="/admin/incidents" onClick={onOpen}>All incidents</Link>{count > shownAtMost && <span className="small dim"> and {count - shownAtMost} more firing</span>}</p>
    </>
  );
};

/** How many alerts fire and nobody has acknowledged, and the newest eight, to be acknowledged in place. */
export const Bell = () => {
  const [open, setOpen] = useState(false);
  const count = useAlertCounts().firing;
  const label = count ? `${count} ${count === 1 ? 'alert' : 'alerts'} firing` : 'Nothing is firing';
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={380} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" className={styles.bell} aria-label={label} aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name="bell" />
          {count > 0 && <span className={styles.number} aria-hidden="true">{count > 99 ? '99+' : count}</span>}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <h2 className={styles.title}>{label}</h2>
        <Inbox count={count} onOpen={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
};
