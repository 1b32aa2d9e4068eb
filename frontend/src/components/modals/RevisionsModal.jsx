import { Button, Modal } from '@mantine/core';
import { usePhone } from '../../lib/usePhone.js';
import { RevisionList } from '../admin/pipeline/RevisionList.jsx';
import { LoadFailed } from '../LoadFailed.jsx';
import { Skeleton, SkeletonRows } from '../Skeleton.jsx';
import styles from './costs.module.css';

/** Every revision, in pages. `query`: infinite query result. */
export const RevisionsModal = ({ query, onClose, ...list }) => {
  const phone = usePhone();
  return (
    <Modal opened onClose={onClose} size={560} fullScreen={phone} title="Revisions" classNames={{ body: styles.flush }}>
      {query.data && <RevisionList revisions={query.data} {...list} />}
      {!query.data && query.error && <LoadFailed problem={query.error} what="the revisions" onRetry={query.refetch} />}
      {!query.data && !query.error && <Skeleton label="Loading the revisions"><SkeletonRows rows={8} height={56} /></Skeleton>}
      {query.hasNextPage && <p className={styles.more}><Button size="sm" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>Show earlier ones</Button></p>}
    </Modal>
  );
};
