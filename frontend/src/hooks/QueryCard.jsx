import { LoadFailed } from '../components/LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../components/Skeleton.jsx';
import { QueryNote } from './QueryNote.jsx';

/**
 * A card around one query, with its states: loading, failed, failed with old data kept. `children` draws the data;
 * `beside` stands next to the title, `aside` at the right, `lead` under them; `every`: seconds between refreshes.
 */
export const QueryCard = ({ id, title, what = title.toLowerCase(), beside, aside, lead, query, every, rows = 6, rowHeight, children }) => {
  const settled = () => (query.data ? children(query.data) : <LoadFailed problem={query.error} what={what} onRetry={() => query.refetch()} />);
  return (
    <section className="card" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {beside}
        <span className="grow" />
        {aside}
      </header>
      {lead}
      <QueryNote query={query} every={every} />
      <Skeleton loading={query.isPending} label={`Loading ${what}`} then={settled}>
        <SkeletonRows rows={rows} height={rowHeight} />
      </Skeleton>
    </section>
  );
};
