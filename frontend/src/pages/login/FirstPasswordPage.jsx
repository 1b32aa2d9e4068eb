import { Navigate, useNavigate, useSearchParams } from 'react-router';
import { useChangePassword, useMe } from '../../api/session.js';
import { PasswordForm } from '../../components/PasswordForm.jsx';
import { nextPath } from '../../lib/nextPath.js';
import { LoginCard } from './LoginCard.jsx';

/** The forced change: a password that somebody else knows must be replaced first. */
export const FirstPasswordPage = () => {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const { data, isPending } = useMe();
  const change = useChangePassword();
  const next = nextPath(search.get('next'));
  if (isPending) return null;
  if (!data) return <Navigate to="/login" replace />;
  const submit = (body) => change.mutate(body, { onSuccess: () => navigate(next, { replace: true }) });
  return (
    <LoginCard title="Choose your own password">
      <p className="mid" style={{ marginBottom: 14 }}>The one you signed in with was made for you, {data.user.name}. Replace it to go on.</p>
      <PasswordForm onSubmit={submit} pending={change.isPending} problem={change.error} refusedAt={change.submittedAt} action="Save password" />
    </LoginCard>
  );
};
