import { useRef, useState } from 'react';
import { useCreateChannel, useDeleteChannel, useDeliveries, useRetryDelivery, useTestChannel, useUpdateChannel } from '../../../api/alertChannels.js';
import { ChannelDeliveries } from '../../../components/admin/channels/ChannelDeliveries.jsx';
import { NewSecret } from '../../../components/admin/channels/NewSecret.jsx';
import { ChannelKinds } from '../../../components/admin/channels/ChannelKinds.jsx';
import { NotificationChannelConfig } from '../../../components/admin/NotificationChannelConfig.jsx';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { DeleteModal } from '../../../components/modals/DeleteModal.jsx';
import { UnsavedDialog } from '../../../components/modals/UnsavedDialog.jsx';
import { useLeaveGuard } from '../../../hooks/useLeaveGuard.js';
import { announce } from '../../../lib/announce.js';
import { channelDraft, channelSpec, newChannel } from '../../../lib/channelDraft.js';
import { isSame } from '../../../lib/ruleDraft.js';
import { isOfFile } from '../../../lib/fileWords.js';
import { listed } from '../../../lib/sentences.js';

const subject = ({ pathname, search }) => {
  const params = new URLSearchParams(search);
  return [pathname, params.get('tab'), params.get('channel')].join();
};
const leavesChannel = ({ currentLocation, nextLocation }) => subject(currentLocation) !== subject(nextLocation);

const Messages = ({ id, can }) => {
  const query = useDeliveries(id);
  const retry = useRetryDelivery();
  return query.data ? <ChannelDeliveries deliveries={query.data.deliveries} canRetry={can.edit} retry={retry} /> : null;
};

/** Who names a channel: rules, policies and channels that it stands in for. */
const usersOf = ({ id, used_by_rules: rules, used_by_policies: policies }, channels) => [...rules, ...policies, ...channels.filter(({ fallback }) => fallback === id).map(({ name }) => name)];

const Delete = ({ channel, channels, close, onGone }) => {
  const run = useDeleteChannel();
  const users = usersOf(channel, channels);
  const onDelete = () => run.mutate(channel.id, { onSuccess: () => { announce(`${channel.name} is deleted.`); onGone(); } });
  return (
    <DeleteModal name={channel.name} run={run} onDelete={onDelete} onClose={close} reason={users.length ? 'It is still used' : ''}>
      {users.length > 0 ? `${listed(users)} ${users.length > 1 ? 'use' : 'uses'} it. Take it out there first, or switch it off.` : 'Nothing is sent to it any more, and its secrets are gone. This cannot be undone.'}
    </DeleteModal>
  );
};

/** `channel`: as it is saved now; the version that is edited stays the one that was opened, until it is saved. */
const Editing = ({ channel, kind, channels, view, change, can, narrow, made, onMade }) => {
  const [base, setBase] = useState({ draft: channel ? channelDraft(channel) : newChannel(kind), version: channel?.version ?? 0 });
  const [draft, setDraft] = useState(base.draft);
  const [create, update, test] = [useCreateChannel(), useUpdateChannel(), useTestChannel()];
  const saved = useRef(false);
  const isChanged = !isSame(channelSpec(draft), channelSpec(base.draft));
  const leaving = useLeaveGuard(isChanged, (places) => !saved.current && leavesChannel(places));
  const isNewer = channel && channel.version !== base.version;
  const startFrom = (next) => { setBase({ draft: channelDraft(next), version: next.version }); setDraft(channelDraft(next)); };
  if (isNewer && !isChanged) startFrom(channel);

  const put = (version) => update.mutate({ id: channel.id, spec: channelSpec(draft), version }, { onSuccess: (next) => { startFrom(next); announce(`${next.name} is saved.`); } });
  const act = {
    save: () => {
      if (!can.administer || isOfFile(channel)) return;
      if (channel) put(base.version);
      else create.mutate(channelSpec(draft), { onSuccess: ({ id, name, new_signing_secret: secret }) => { saved.current = true; announce(`${name} is made.`); onMade({ id, secret }); change({ channel: id }); } });
    },
    test: () => test.mutate(channel && !isChanged ? { id: channel.id } : { spec: channelSpec(draft) }),
    remove: () => change({ panel: 'delete' }),
    close: () => change({ channel: '', panel: '' }),
    takeTheirs: () => startFrom(channel),
    overwrite: () => put(channel.version),
  };
  return (
    <>
      <NotificationChannelConfig channel={channel} draft={draft} set={(changes) => setDraft((old) => ({ ...old, ...changes }))} isChanged={isChanged} others={channels.filter(({ id }) => id !== channel?.id)} save={channel ? update : create} test={test} theirs={isNewer && isChanged ? channel.updated_by : ''} can={can} act={act} narrow={narrow}>
        {made?.secret && made.id === channel?.id && <NewSecret value={made.secret} />}
        {channel && <Messages id={channel.id} can={can} />}
      </NotificationChannelConfig>
      {channel && view.panel === 'delete' && <Delete channel={channel} channels={channels} close={() => change({ panel: '' })} onGone={() => { saved.current = true; act.close(); }} />}
      {leaving && <UnsavedDialog what="this channel" onStay={leaving.stay} onLeave={leaving.leave} />}
    </>
  );
};

const New = ({ can, change, narrow, kinds, ...rest }) => {
  const [kind, setKind] = useState('');
  if (kind) return <Editing channel={null} kind={kind} can={can} change={change} narrow={narrow} {...rest} />;
  return (
    <section className="card" aria-label="New channel">
      <header><h2>Where do messages go?</h2><span className="grow" /><button type="button" className="link tall" onClick={() => change({ channel: '' })}>Cancel</button></header>
      <ChannelKinds known={kinds} onKind={setKind} />
    </section>
  );
};

/** The open channel. `made`: {id, secret} of the one that was just made, with the signing secret that is shown this once;
    `onMade` keeps it. */
export const ChannelPane = (props) => {
  const { view, channels, can, change } = props;
  const channel = channels.find(({ id }) => id === view.channel);
  if (view.channel === 'new' && can.administer) return <New {...props} />;
  if (channel) return <Editing channel={channel} {...props} />;
  const title = view.channel && view.channel !== 'new' ? `There is no channel ${view.channel}.` : 'No channel is open.';
  return (
    <section className="card" aria-label="Editor">
      <EmptyState title={title} action={can.administer && <button type="button" className="link" onClick={() => change({ channel: 'new' })}>Make a new channel</button>}>Choose one to see its last messages, to test it and to change it.</EmptyState>
    </section>
  );
};
