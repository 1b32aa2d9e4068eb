import { useHasRole } from '../../../api/session.js';
import { GuardedButton } from '../../../components/GuardedButton.jsx';
import { Icon } from '../../../components/Icon.jsx';

/** What stands beside the tabs while the channels are shown. */
export const ChannelsAside = ({ change }) => (
  <GuardedButton allowed={useHasRole('admin')} size="sm" variant="filled" leftSection={<Icon name="plus" size={14} />} onClick={() => change({ channel: 'new' })}>New channel</GuardedButton>
);
