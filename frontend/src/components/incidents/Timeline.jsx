import { Link } from 'react-router';
import { nextStep, shownEntries } from '../../lib/incidentTimeline.js';
import { sentence } from '../../lib/sentences.js';
import { Icon } from '../Icon.jsx';
import { Moment } from '../Moment.jsx';
import { Segments } from '../Segments.jsx';
import { StatusShape } from '../StatusShape.jsx';
import { DeliveryTable } from './DeliveryTable.jsx';
import { NextStep } from './NextStep.jsx';
import styles from './timeline.module.css';

const filters = [['all', 'All'], ['messages', 'Messages'], ['people', 'People']];
const shapes = ['down', 'degraded', 'healthy'];
const nothing = { all: 'Nothing has happened yet.', messages: 'No message was sent.', people: 'Nobody has done anything about it yet.' };

const Mark = ({ icon }) => (
  <span className={styles.mark}>{shapes.includes(icon) ? <StatusShape status={icon} /> : <span className={styles.disc}><Icon name={icon} size={12} /></span>}</span>
);

const HeldBack = ({ incidents, pathOf }) => (
  <p className="small">
    {incidents.map(({ id, rule_name: rule, object }, at) => <span key={id}>{at > 0 && ', '}<Link className="link" to={pathOf(id)}>{rule}: {object}</Link></span>)}
  </p>
);

const Entry = ({ entry, heldBack, pathOf, onRetry }) => (
  <li className={styles.entry} data-kind={entry.kind}>
    <Moment at={entry.at} className={styles.at} />
    <Mark icon={entry.icon} />
    <div className={styles.body}>
      <p><b className="strong">{entry.title}</b>{entry.rest}</p>
      {entry.texts.map((text) => <p key={text} className={styles.text}>{entry.kind === 'commented' ? text : sentence(text)}</p>)}
      {heldBack.length > 0 && <HeldBack incidents={heldBack} pathOf={pathOf} />}
      {entry.deliveries.length > 0 && <DeliveryTable deliveries={entry.deliveries} onRetry={onRetry} />}
    </div>
  </li>
);

/**
 * What happened, newest first, and above it what will. `entries`: of the API; `heldBack`: incidents that wait for this one;
 * `older`: `{more, load, pending}`; `page`: `{allowed, pending, problem, ask}` of the next step; `children`: under it.
 */
export const Timeline = ({ entries, escalation, heldBack, filter, onFilter, pathOf, older, page, onRetry, children }) => {
  const shown = shownEntries(entries, filter);
  const step = filter === 'people' ? null : nextStep(escalation);
  const firstHeld = shown.find(({ kind }) => kind === 'suppressed_other')?.id;
  return (
    <section aria-labelledby="timeline">
      <div className={styles.top}>
        <h3 id="timeline" className="grow">Timeline</h3>
        <Segments label="What is shown" value={filter} choices={filters} onChange={onFilter} />
      </div>
      <ol>
        {step && <NextStep step={step} policy={escalation.name} page={page} />}
        {shown.map((entry) => <Entry key={entry.id} entry={entry} heldBack={entry.id === firstHeld ? heldBack : []} pathOf={pathOf} onRetry={onRetry} />)}
      </ol>
      {!shown.length && !step && <p className="mid">{nothing[filter]}</p>}
      {older.more && <p className={styles.more}><button type="button" className="link small tall" disabled={older.pending} onClick={older.load}>Show older</button></p>}
      {children}
    </section>
  );
};
