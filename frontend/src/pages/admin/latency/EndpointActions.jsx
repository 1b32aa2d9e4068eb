import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { CopyButton } from '../../../components/CopyButton.jsx';
import { Icon } from '../../../components/Icon.jsx';
import { newAlertPath } from '../../../lib/newAlert.js';

/** What can be done with an endpoint, in its open row. `onWatch` only where its star has no column. */
export const EndpointActions = ({ latency, watched, onWatch }) => (
  <>
    <Button component={Link} to={newAlertPath(latency)} size="sm" leftSection={<Icon name="alert" size={14} />}>Create alert</Button>
    {onWatch && <Button size="sm" aria-pressed={watched} leftSection={<Icon name="star" size={14} />} onClick={() => onWatch(latency)}>{watched ? 'Watched' : 'Watch'}</Button>}
    <CopyButton text={window.location.href} size="sm" leftSection={<Icon name="link" size={14} />}>Copy link</CopyButton>
  </>
);
