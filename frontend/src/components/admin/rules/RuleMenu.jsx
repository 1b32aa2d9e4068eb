import { Menu } from '@mantine/core';
import { isOfFile } from '../../../lib/fileWords.js';
import { Icon } from '../../Icon.jsx';

const needs = ', needs the operator role';

/** What can be done with a rule besides editing it. What a role may not do stays, with what it needs. */
export const RuleMenu = ({ rule, can, act, className }) => {
  const why = can.edit ? '' : needs;
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <button type="button" className={className} aria-label={`More about ${rule.name}`}><Icon name="dots" /></button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => act.show('preview', rule.id)}>Preview the last 24 h</Menu.Item>
        <Menu.Item onClick={() => act.show('why', rule.id)}>Why did it {rule.state === 'firing' ? '' : 'not '}fire?</Menu.Item>
        <Menu.Item onClick={() => act.show('versions', rule.id)}>Versions</Menu.Item>
        <Menu.Item onClick={() => act.show('yaml', rule.id)}>YAML</Menu.Item>
        <Menu.Divider />
        <Menu.Item disabled={!can.edit} onClick={() => act.test(rule)}>Send test{why}</Menu.Item>
        <Menu.Item disabled={!can.edit} onClick={() => act.duplicate(rule.id)}>Duplicate{why}</Menu.Item>
        <Menu.Item disabled={!can.edit} onClick={() => act.show('silence', rule.id)}>Silence{why}</Menu.Item>
        <Menu.Item disabled={!can.edit || isOfFile(rule)} className="t-down" onClick={() => act.show('delete', rule.id)}>Delete rule{isOfFile(rule) ? ', it stands in the file' : why}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};
