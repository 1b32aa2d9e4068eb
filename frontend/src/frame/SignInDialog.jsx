import { Modal } from '@mantine/core';
import { useEffect } from 'react';
import { useMe, useSignIn } from '../api/session.js';
import { ProviderSignIn } from '../hooks/ProviderSignIn.jsx';
import { SignInForm } from '../components/SignInForm.jsx';
import { useUser } from '../hooks/useUser.js';
import { session } from '../lib/session.js';
import { useStore } from '../lib/store.js';

const stay = () => {};
const aboveOtherDialogs = 400; // a drawer may be open, with the form that is kept

/** In another tab, since the provider's page takes this one's place; whoever comes back to this one is signed in. */
const ProviderAgain = () => {
  const { refetch } = useMe();
  useEffect(() => {
    window.addEventListener('focus', refetch);
    return () => window.removeEventListener('focus', refetch);
  }, [refetch]);
  return <ProviderSignIn next="/admin" newTab />;
};

/** Over the page when the session has ended: the page behind keeps what was typed, and goes on where it was. */
export const SignInDialog = () => {
  const { expired } = useStore(session);
  const signIn = useSignIn();
  const user = useUser();
  return (
    <Modal opened={expired} onClose={stay} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title="Your session ended" size={400} zIndex={aboveOtherDialogs}>
      <p className="mid" style={{ marginBottom: 14 }}>Sign in again. What you typed on this page is kept.</p>
      {user.source === 'oidc' ? <ProviderAgain /> : <SignInForm name={user.name} onSubmit={signIn.mutate} pending={signIn.isPending} problem={signIn.error} refusedAt={signIn.submittedAt} />}
    </Modal>
  );
};
