import { Navigate } from 'react-router';
import { Frame } from './frame/Frame.jsx';

/** A page is loaded when it is first opened. `load` answers the module, `name` its export. */
const page = (load, name) => ({ lazy: async () => ({ Component: (await load())[name] }) });

export const routes = [
  { path: '/', element: <Navigate to="/admin" replace /> },
  {
    path: '/admin',
    element: <Frame />,
    children: [
      { path: 'health', ...page(() => import('./pages/admin/ServiceHealthGrid.jsx'), 'ServiceHealthGrid') },
    ],
  },
];
