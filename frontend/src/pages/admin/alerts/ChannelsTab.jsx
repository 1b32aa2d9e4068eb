import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import { channelsSeconds, useChannels } from '../../../api/alertChannels.js';
import { useHasRole } from '../../../api/session.js';
import { AlertChannelCard } from '../../../components/cards/AlertChannelCard.jsx';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { LoadFailed } from '../../../components/LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../../../components/Skeleton.jsx';
import { QueryNote, useAgedClass } from '../../../hooks/QueryNote.jsx';
import styles from './alerts.module.css';
import { ChannelPane } from './ChannelPane.jsx';

const List = ({ query, openId, onOpen }) => {
  const { channels } = query.data;
  return (
    <section className={`card ${styles.list} ${useAgedClass(query, channelsSeconds)}`} aria-label="Channels">
      <QueryNote query={query} every={channelsSeconds} />
      <ul>{channels.map((channel) => <AlertChannelCard key={channel.id} channel={channel} isOpen={channel.id === openId} onOpen={onOpen} />)}</ul>
      {!channels.length && <EmptyState title="There are no channels yet.">Alerts show in the app only. A channel takes them to Slack, a mailbox, a phone or a program.</EmptyState>}
    </section>
  );
};

const Board = ({ query, view, change }) => {
  const narrow = useMediaQuery('(max-width: 1179px)', false, { getInitialValueInEffect: false });
  const can = { edit: useHasRole('operator'), administer: useHasRole('admin') };
  const isOpen = Boolean(view.channel);
  const [made, setMade] = useState(null);
  return (
    <div className={styles.both}>
      {!(narrow && isOpen) && <List query={query} openId={view.channel} onOpen={(id) => change({ channel: id, panel: '' })} />}
      {(isOpen || !narrow) && <ChannelPane key={view.channel} view={view} change={change} channels={query.data.channels} kinds={query.data.kinds} can={can} narrow={narrow} made={made} onMade={setMade} />}
    </div>
  );
};

/** Where messages go, and the channel that is edited beside them. */
export const ChannelsTab = ({ view, change }) => {
  const channels = useChannels();
  if (channels.data) return <Board query={channels} view={view} change={change} />;
  if (channels.error) return <section className="card"><LoadFailed problem={channels.error} what="the channels" onRetry={channels.refetch} /></section>;
  return <Skeleton label="Loading the channels"><section className="card"><SkeletonRows rows={6} height={74} /></section></Skeleton>;
};
