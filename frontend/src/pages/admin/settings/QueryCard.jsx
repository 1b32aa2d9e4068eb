import { LoadFailed } from '../../../components/LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../../../components/Skeleton.jsx';
import { QueryNote } from '../../../hooks/QueryNote.jsx';

/** A card around one query, with its states: loading, failed, failed with old data kept. `children` draws the data. */
export const QueryCard = ({ id, title, what = title.toLowerCase(), aside, lead, query, rows = 6, children }) => (
  <section className="card" aria-labelledby={id}>
    <header>
      <h2 id={id}>{title}</h2>
      <span className="grow" />
      {aside}
    </header>
    {lead}
    <QueryNote query={query} />
    <Skeleton loading={query.isPending} label={`Loading ${what}`}><SkeletonRows rows={rows} /></Skeleton>
    {query.data && children(query.data)}
    {query.isError && !query.data && <LoadFailed problem={query.error} what={what} onRetry={() => query.refetch()} />}
  </section>
);
