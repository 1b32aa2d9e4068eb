import { QueryClient } from '@tanstack/react-query';

/** No automatic retries: polling asks again anyway, and a failure is shown at once with the time of the next try. */
export const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: { retry: false, networkMode: 'always', gcTime: 10 * 60_000 },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
