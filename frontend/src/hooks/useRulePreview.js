import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { previewQuery } from '../api/alertRules.js';

const restMs = 150;

/** What a rule would have done. `body`: {rule} while it is written, {rule_id}, or null while too little is said. The last
    picture stays while the next is asked for (`waits`), and while a field is wrong (`problem`). */
export const useRulePreview = (body, hours = 24) => {
  const text = JSON.stringify(body);
  const [rested] = useDebouncedValue(text, restMs);
  const asked = JSON.parse(rested);
  const query = useQuery({ ...previewQuery(asked, hours), enabled: asked !== null });
  const [last, setLast] = useState(null);
  if (query.data && query.data !== last) setLast(query.data);
  return { preview: query.data ?? last, waits: asked !== null && (rested !== text || query.isPending), problem: rested === text ? query.error : null, retry: query.refetch };
};
