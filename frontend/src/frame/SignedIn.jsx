import { Navigate, useLocation } from 'react-router';
import { useMe } from '../api/session.js';
import { LoadFailed } from '../components/LoadFailed.jsx';
import { UserContext } from '../hooks/useUser.js';

/** Lets through who is signed in; others go to the sign-in page and come back to where they wanted. */
export const SignedIn = ({ children }) => {
  const { pathname, search } = useLocation();
  const { data, error, refetch } = useMe();
  if (data?.user.must_change_password) return <Navigate to={`/login/password?next=${encodeURIComponent(pathname + search)}`} replace />;
  if (data) return <UserContext value={data.user}>{children}</UserContext>;
  if (error?.status === 401) return <Navigate to={`/login?next=${encodeURIComponent(pathname + search)}`} replace />;
  return error ? <main><LoadFailed problem={error} what="Belfry" onRetry={refetch} /></main> : null;
};
