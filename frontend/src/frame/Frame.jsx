import { Outlet } from 'react-router';
import { LiveRegion } from '../components/LiveRegion.jsx';

export const Frame = () => (
  <>
    <main>
      <Outlet />
    </main>
    <LiveRegion />
  </>
);
