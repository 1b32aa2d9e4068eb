import { channelKind, channelKinds } from '../../../lib/channelKinds.js';
import styles from './channels.module.css';

/** What a new channel is: the kind decides what else is asked. `known`: those that there are here. */
export const ChannelKinds = ({ known, onKind }) => (
  <div className={styles.tiles}>
    {channelKinds.map((kind) => (
      <button key={kind} type="button" className={styles.tile} disabled={!known.includes(kind)} onClick={() => onKind(kind)}>
        <b>{channelKind(kind).word}</b>
        <span>{known.includes(kind) ? channelKind(kind).about : channelKind(kind).install}</span>
      </button>
    ))}
  </div>
);
