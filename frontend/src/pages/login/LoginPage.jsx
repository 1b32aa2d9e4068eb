import { Navigate, useSearchParams } from 'react-router';
import { useReadiness } from '../../api/readiness.js';
import { useMe, useSignIn } from '../../api/session.js';
import { ProviderSignIn } from '../../hooks/ProviderSignIn.jsx';
import { SignInForm } from '../../components/SignInForm.jsx';
import { StatusShape } from '../../components/StatusShape.jsx';
import { nextPath } from '../../lib/nextPath.js';
import { refusalWords } from '../../lib/refusals.js';
import { LoginCard } from './LoginCard.jsx';
import styles from './Login.module.css';

const BelfryLine = () => {
  const { data, isPending } = useReadiness();
  if (isPending) return null;
  return (
    <span className="row">
      <StatusShape status={data ? 'healthy' : 'down'} size={12} />
      {data ? 'Belfry is ready' : 'Belfry is not ready. Signing in may fail'}
    </span>
  );
};

export const LoginPage = () => {
  const [search] = useSearchParams();
  const me = useMe();
  const signIn = useSignIn();
  const next = nextPath(search.get('next'));
  if (me.data && !me.isError) return <Navigate to={next} replace />;
  const refused = refusalWords(search.get('refused'));
  return (
    <LoginCard title="Sign in" foot={<BelfryLine />}>
      {refused && <div className={`note bad ${styles.refused}`} role="alert"><StatusShape status="down" /><span className="grow">{refused}</span></div>}
      <SignInForm onSubmit={signIn.mutate} pending={signIn.isPending} problem={signIn.error} refusedAt={signIn.submittedAt} />
      <div className={styles.provider}><ProviderSignIn next={next} /></div>
      <p className={`small dim ${styles.hint}`}>First time here? The first password was printed where Belfry was started.</p>
    </LoginCard>
  );
};
