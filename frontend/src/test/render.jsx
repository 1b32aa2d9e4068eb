import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { render as renderBare } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { createQueryClient } from '../api/queryClient.js';
import { cssVariablesResolver, theme } from '../theme/theme.js';

/**
 * Renders one component as the app would: theme, fresh query client, router. `path`: where it is shown, with its query;
 * `route`: the pattern, when the component reads parameters. Answers Testing Library's result with `user`, `client`, `router`.
 */
export const render = (element, { path = '/', route = '*' } = {}) => {
  const client = createQueryClient();
  const router = createMemoryRouter([{ path: route, element }], { initialEntries: [path] });
  const result = renderBare(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} env="test">
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...result, user: userEvent.setup(), client, router };
};
