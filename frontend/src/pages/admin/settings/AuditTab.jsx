import { Button } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { fetchTrail, useAudit } from '../../../api/audit.js';
import { useHasRole } from '../../../api/session.js';
import { Icon } from '../../../components/Icon.jsx';
import { WideTable } from '../../../components/WideTable.jsx';
import { auditCsv } from '../../../lib/auditCsv.js';
import { download } from '../../../lib/download.js';
import { problemWords } from '../../../lib/problem.js';
import { AuditFilter } from './AuditFilter.jsx';
import { AuditRow } from './AuditRow.jsx';
import { NeedsRole } from './NeedsRole.jsx';
import { QueryCard } from '../../../hooks/QueryCard.jsx';
import styles from './Settings.module.css';

const CsvButton = ({ filter }) => {
  const [state, setState] = useState('');
  const save = async () => {
    setState('Collecting');
    try {
      download('belfry-audit.csv', auditCsv(await fetchTrail(filter)));
      setState('');
    } catch (problem) {
      setState(problemWords(problem));
    }
  };
  return <Button size="sm" leftSection={<Icon name="download" size={14} />} disabled={state === 'Collecting'} onClick={save}>{state || 'Download CSV'}</Button>;
};

const Entries = ({ entries, filtered }) =>
  entries.length ? (
    <WideTable label="Audit">
      <thead><tr><th>When</th><th>Who</th><th>What</th><th>Object</th><th>Outcome</th><th>From</th></tr></thead>
      <tbody>{entries.map((entry) => <AuditRow key={entry.id} entry={entry} />)}</tbody>
    </WideTable>
  ) : (
    <p className={styles.lead}>{filtered ? 'No entry matches this filter.' : 'Nothing has been changed yet.'}</p>
  );

const More = ({ query }) =>
  query.hasNextPage && (
    <div className={styles.more}>
      <Button size="sm" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>Show older entries</Button>
    </div>
  );

/** Who did what, newest first; the filter lives in the address. */
export const AuditTab = () => {
  const allowed = useHasRole('admin');
  const [search, setSearch] = useSearchParams();
  const filter = { actor: search.get('actor') ?? '', action: search.get('action') ?? '' };
  const query = useAudit(filter, allowed);
  if (!allowed) return <NeedsRole title="The audit trail is read by admins." role="admin">It tells who changed what.</NeedsRole>;
  const aside = (
    <div className={styles.filters}>
      <AuditFilter filter={filter} onChange={(next) => setSearch(next, { replace: true })} />
      <CsvButton filter={filter} />
    </div>
  );
  return (
    <QueryCard id="audit" title="Audit" what="the audit trail" query={query} aside={aside} rows={10}>
      {({ pages }) => (
        <>
          <Entries entries={pages.flatMap(({ entries }) => entries)} filtered={Boolean(filter.actor || filter.action)} />
          <More query={query} />
        </>
      )}
    </QueryCard>
  );
};
