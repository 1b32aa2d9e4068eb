import { channelKind, channelKinds } from '../../../lib/channelKinds.js';
import styles from './channels.module.css';

/** What a new channel is: the kind decides what else is asked. */
export const ChannelKinds = ({ onKind }) => (
  <div className={styles.tiles}>
    {channelKinds.map((kind) => (
      <button key={kind} type="button" className={styles.tile} onClick={() => onKind(kind)}>
        <b>{channelKind(kind).word}</b>
        <span>{channelKind(kind).about}</span>
      </button>
    ))}
  </div>
);
