import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './client.js';

export const aboutQuery = queryOptions({
  queryKey: ['about'],
  queryFn: ({ signal }) => get('/admin/about', { signal }),
  staleTime: 60_000,
});
export const useAbout = () => useQuery(aboutQuery);
