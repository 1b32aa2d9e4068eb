import { Navigate } from 'react-router';
import { Frame } from './frame/Frame.jsx';
import { LoginPage } from './pages/login/LoginPage.jsx';
import { NotFoundPage } from './pages/NotFoundPage.jsx';

/** A page is loaded when it is first opened. `load` answers its module, `name` is its export. */
const page = (load, name) => ({ hydrateFallbackElement: <></>, lazy: async () => ({ Component: (await load())[name] }) });

export const routes = [
  { path: '/', element: <Navigate to="/admin" replace /> },
  { path: '/login', element: <LoginPage /> },
  { path: '/login/password', ...page(() => import('./pages/login/FirstPasswordPage.jsx'), 'FirstPasswordPage') },
  {
    element: <Frame />,
    hydrateFallbackElement: <></>,
    children: [
      { path: '/admin', ...page(() => import('./pages/admin/DashboardPage.jsx'), 'DashboardPage') },
      { path: '/admin/health', ...page(() => import('./pages/admin/ServiceHealthGrid.jsx'), 'ServiceHealthGrid') },
      { path: '/admin/latency', ...page(() => import('./pages/admin/LatencyPage.jsx'), 'LatencyPage') },
      { path: '/admin/incidents/:id?', ...page(() => import('./pages/admin/IncidentsPage.jsx'), 'IncidentsPage') },
      { path: '/admin/middleware', ...page(() => import('./pages/admin/MiddlewarePipeline.jsx'), 'MiddlewarePipeline') },
      { path: '/admin/alerts-config', ...page(() => import('./pages/admin/AlertConfigPage.jsx'), 'AlertConfigPage') },
      { path: '/admin/settings', element: <Navigate to="/admin/settings/profile" replace /> },
      { path: '/admin/settings/:tab', ...page(() => import('./pages/admin/SettingsPage.jsx'), 'SettingsPage') },
      { path: '*', element: <NotFoundPage /> },
    ],
  },
];
