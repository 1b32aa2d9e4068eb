import { routes } from '../routes.jsx';
import { renderRoutes } from './render.jsx';

/** Renders the whole app at a path. */
export const renderApp = (path = '/admin') => renderRoutes(routes, path);
