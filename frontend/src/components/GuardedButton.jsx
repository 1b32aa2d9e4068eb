import { Button, Tooltip } from '@mantine/core';

const article = { admin: 'the admin role', operator: 'the operator role' };

/**
 * A button that some roles may not press: then it stays in place, can be focused, and says what it needs.
 * `allowed`; `needs`: the role; `reason`: other words. Everything else goes to Mantine's Button.
 */
export const GuardedButton = ({ allowed, needs = 'admin', reason, onClick, ...button }) => {
  if (allowed) return <Button onClick={onClick} {...button} />;
  const words = reason ?? `Needs ${article[needs]}`;
  return (
    <Tooltip label={words}>
      <Button {...button} type="button" aria-disabled="true" data-disabled="true" aria-description={words} onClick={(event) => event.preventDefault()} />
    </Tooltip>
  );
};
