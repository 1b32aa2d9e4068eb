import { Link } from 'react-router';
import { Button } from '@mantine/core';
import { Duration } from '../../../components/Duration.jsx';
import { Moment } from '../../../components/Moment.jsx';
import { StatusShape } from '../../../components/StatusShape.jsx';
import { CheckNow } from './CheckNow.jsx';
import styles from './Verdict.module.css';

const Since = ({ at }) => (
  <> Since <Moment at={at} /> (<Duration since={at} />).</>
);

/** The worst thing in one sentence, with why, since when and who else; quiet when all is well. */
export const Verdict = ({ status, title, text, since, service, incident }) => (
  <section className={`card ${styles.verdict} ${styles[status]}`} aria-labelledby="verdict">
    <div className={styles.words}>
      <StatusShape status={status} size={28} />
      <div className="grow">
        <h2 id="verdict">{title}</h2>
        {(text || since) && <p className="mid">{text}{since && <Since at={since} />}</p>}
      </div>
    </div>
    {(service || incident) && (
      <div className={styles.actions}>
        {service && <CheckNow service={service} />}
        {incident ? <Button component={Link} to={`/admin/incidents/${incident.id}`} variant="filled">Open incident</Button> : <Button component={Link} to={`/admin/health?open=${service.id}`} variant="filled">Open {service.name}</Button>}
      </div>
    )}
  </section>
);
