import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { createQueryClient } from './api/queryClient.js';
import { routes } from './routes.jsx';
import { colorSchemeManager, cssVariablesResolver, theme } from './theme/theme.js';

const client = createQueryClient();
const router = createBrowserRouter(routes);

export const App = () => (
  <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} colorSchemeManager={colorSchemeManager} defaultColorScheme="auto">
    <QueryClientProvider client={client}>
      <Notifications position="bottom-right" autoClose={6000} />
      <RouterProvider router={router} />
    </QueryClientProvider>
  </MantineProvider>
);
