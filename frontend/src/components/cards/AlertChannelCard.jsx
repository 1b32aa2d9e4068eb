import { channelKind } from '../../lib/channelKinds.js';
import { deliveryShape, deliveryWord } from '../../lib/deliveryWords.js';
import { plural } from '../../lib/formatNumber.js';
import { FileBadge } from '../FileBadge.jsx';
import { RelativeTime } from '../RelativeTime.jsx';
import { StatusShape } from '../StatusShape.jsx';
import styles from './alertRule.module.css';

const usedWords = ({ used_by_rules: rules, used_by_policies: policies }) => {
  const users = [rules.length && plural(rules.length, 'rule'), policies.length && plural(policies.length, 'policy', 'policies')].filter(Boolean);
  return users.length ? users.join(', ') : 'not used yet';
};

const LastDelivery = ({ channel }) => {
  if (!channel.enabled) return <span>Off</span>;
  const last = channel.last_delivery;
  return last ? <span title={last.detail}>{deliveryWord(last.state)} <RelativeTime at={last.at} /></span> : <span>Nothing sent yet</span>;
};

const shapeOf = ({ enabled, last_delivery: last }) => (!enabled ? 'paused' : last ? deliveryShape(last.state) : 'unknown');

/** A channel in the list: what it is, where it leads, how the last message went, and who uses it. */
export const AlertChannelCard = ({ channel, isOpen, onOpen }) => (
  <li className={`${styles.rule} ${isOpen ? styles.open : ''} ${channel.enabled ? '' : styles.paused}`} data-channel={channel.id}>
    <StatusShape status={shapeOf(channel)} />
    <div className="grow">
      <div className={styles.top}>
        <button type="button" className={styles.target} title={channel.name} aria-current={isOpen || undefined} onClick={() => onOpen(channel.id)}>{channel.name}</button>
        <FileBadge one={channel} />
        <span className="small dim">{channelKind(channel.kind).word}</span>
      </div>
      <p className={styles.line}>{channel.target}</p>
      <p className={styles.meta}><LastDelivery channel={channel} /><span>{usedWords(channel)}</span></p>
    </div>
  </li>
);
