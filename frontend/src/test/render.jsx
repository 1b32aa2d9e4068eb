import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { render as renderBare } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { createQueryClient } from '../api/queryClient.js';
import { cssVariablesResolver, theme } from '../theme/theme.js';

/** Renders routes as the app would: theme, fresh query client, toasts. Answers Testing Library's result with `user`, `client`, `router`. */
export const renderRoutes = (routes, path, client = createQueryClient()) => {
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  const result = renderBare(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} env="test">
      <QueryClientProvider client={client}>
        <Notifications />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...result, user: userEvent.setup(), client, router };
};

/**
 * Renders one component. `path`: where it is shown, with its query; `route`: the pattern, when it reads parameters;
 * `client`: a query client that knows something already.
 */
export const render = (element, { path = '/', route = '*', client } = {}) => renderRoutes([{ path: route, element }], path, client);
