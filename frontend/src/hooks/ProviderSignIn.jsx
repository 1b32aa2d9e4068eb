import { Button } from '@mantine/core';
import { useSignInMethods } from '../api/session.js';
import { Icon } from '../components/Icon.jsx';

/** The way to the sign-in provider, where there is one. `next`: the path to come back to; `newTab`: leaves this page as it is. */
export const ProviderSignIn = ({ next, newTab = false }) => {
  const oidc = useSignInMethods()?.oidc;
  if (!oidc) return null;
  const tab = newTab ? { target: '_blank', rel: 'noreferrer' } : {};
  return (
    <Button component="a" href={`${oidc.start_at}?next=${encodeURIComponent(next)}`} fullWidth leftSection={<Icon name="key" size={14} />} {...tab}>
      Sign in with {oidc.name}
    </Button>
  );
};
