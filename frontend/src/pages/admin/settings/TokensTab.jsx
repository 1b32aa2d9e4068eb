import { Button } from '@mantine/core';
import { useState } from 'react';
import { useHasRole } from '../../../api/session.js';
import { useRevokeToken, useTokens } from '../../../api/tokens.js';
import { EmptyState } from '../../../components/EmptyState.jsx';
import { Icon } from '../../../components/Icon.jsx';
import { Moment } from '../../../components/Moment.jsx';
import { RelativeTime } from '../../../components/RelativeTime.jsx';
import { StatusShape } from '../../../components/StatusShape.jsx';
import { WideTable } from '../../../components/WideTable.jsx';
import { useNow } from '../../../lib/clock.js';
import { tokenState } from '../../../lib/tokenState.js';
import { AddToken } from './AddToken.jsx';
import { ConfirmButton } from '../../../components/ConfirmButton.jsx';
import { NeedsRole } from './NeedsRole.jsx';
import { QueryCard } from '../../../hooks/QueryCard.jsx';
import styles from './Settings.module.css';

const Ends = ({ token }) => {
  const state = tokenState(token, useNow(60));
  if (state === 'endless') return <span className="dim">Never</span>;
  if (state === 'ended') return <span className="badge unknown">Ended</span>;
  return state === 'ending' ? (
    <span className="row t-degraded"><StatusShape status="stale" size={12} /><Moment at={token.expires_at} /></span>
  ) : (
    <Moment at={token.expires_at} />
  );
};

const TokenRow = ({ token }) => {
  const revoke = useRevokeToken();
  return (
    <tr>
      <td className="strong">{token.label}</td>
      <td className="mid">{token.role}</td>
      <td className="mid">{token.created_by}</td>
      <td><Ends token={token} /></td>
      <td>
        <RelativeTime at={token.last_used_at} reason="never used" />
        {token.last_used_ip && <span className="dim"> from <span className="mono">{token.last_used_ip}</span></span>}
      </td>
      <td className={styles.actions}><div>
        <ConfirmButton verb="Revoke" label={`Revoke ${token.label}`} pending={revoke.isPending} problem={revoke.error}
          question={`Revoke ${token.label}? What uses it is refused from now on.`} onConfirm={(options) => revoke.mutate(token.id, options)} />
      </div></td>
    </tr>
  );
};

const TokenTable = ({ tokens }) =>
  tokens.length ? (
    <WideTable label="API tokens">
      <thead>
        <tr><th>Name</th><th>Role</th><th>Made by</th><th>Ends</th><th>Last used</th><th><span className="visually-hidden">Actions</span></th></tr>
      </thead>
      <tbody>{tokens.map((token) => <TokenRow key={token.id} token={token} />)}</tbody>
    </WideTable>
  ) : (
    <EmptyState title="No token yet." example={`curl -H "Authorization: Bearer <token>" ${window.location.origin}/api/v1/admin/health/services`}>
      Programs use tokens to read, to check and to send heartbeats.
    </EmptyState>
  );

export const TokensTab = () => {
  const allowed = useHasRole('operator');
  const query = useTokens(allowed);
  const [adding, setAdding] = useState(false);
  if (!allowed) return <NeedsRole title="Tokens are made by operators." role="operator">Programs sign in with them.</NeedsRole>;
  const add = <Button size="sm" leftSection={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>Create token</Button>;
  return (
    <>
      <QueryCard id="tokens" title="API tokens" what="the tokens" query={query} aside={add}>{({ tokens }) => <TokenTable tokens={tokens} />}</QueryCard>
      <AddToken opened={adding} onClose={() => setAdding(false)} />
    </>
  );
};
