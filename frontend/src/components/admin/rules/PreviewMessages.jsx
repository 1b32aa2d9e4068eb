import { useState } from 'react';
import { channelKind } from '../../../lib/channelKinds.js';
import { Segments } from '../../Segments.jsx';
import { StatusShape } from '../../StatusShape.jsx';
import styles from './rules.module.css';

/** The message as each channel gets it: as it is read there, and as it is sent. `said`: of a preview. */
export const PreviewMessages = ({ said, severity }) => {
  const [chosen, choose] = useState('');
  if (!said.length) return <p className={`${styles.message} small dim`}>It notifies no channel: it shows in the app only.</p>;
  const one = said.find(({ channel }) => channel === chosen) ?? said[0];
  return (
    <figure className={styles.message}>
      <figcaption className="small dim">
        {said.length > 1 ? <Segments label="The message to" value={one.channel} choices={said.map(({ channel, name }) => [channel, name])} onChange={choose} /> : `${one.name} receives`}
        <span className="badge line">{channelKind(one.kind).word}</span>
      </figcaption>
      <StatusShape status={severity === 'critical' ? 'down' : 'degraded'} size={15} />
      <p className={styles.said}>{one.title && <b className="strong">{one.title}{'\n'}</b>}<span className="mid">{one.text}</span></p>
      <details>
        <summary className="small">As it is sent</summary>
        <pre className="mono" tabIndex={0} role="region" aria-label={`As it is sent to ${one.name}`}>{one.sent}</pre>
      </details>
    </figure>
  );
};
