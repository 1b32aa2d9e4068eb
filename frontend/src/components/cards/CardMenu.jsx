import { Menu } from '@mantine/core';
import { isEditable } from '../../lib/sourceWords.js';
import { Icon } from '../Icon.jsx';
import styles from './card.module.css';

/** What can be done with a service besides checking it. What a role may not do stays, with what it needs. */
export const CardMenu = ({ service, can, act }) => {
  const editable = isEditable(service.source);
  const why = !can.administer ? 'needs the admin role' : 'read only';
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button type="button" className={styles.iconButton} aria-label={`More about ${service.name}`}><Icon name="dots" /></button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => act.edit(service.id)}>{editable && can.administer ? 'Edit service' : 'Show definition'}</Menu.Item>
        <Menu.Item onClick={() => act.showGraph(service.id)}>Show in graph</Menu.Item>
        <Menu.Item onClick={() => act.openResults(service.id)}>All results</Menu.Item>
        <Menu.Item onClick={() => act.copyLink(service.id)}>Copy link</Menu.Item>
        <Menu.Divider />
        <Menu.Item disabled={!editable || !can.administer} className="t-down" onClick={() => act.remove(service.id)}>
          Delete service{editable && can.administer ? '' : `, ${why}`}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};
