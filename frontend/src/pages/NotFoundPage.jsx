import { Button } from '@mantine/core';
import { Link, useLocation } from 'react-router';
import { usePage } from '../hooks/usePage.js';

export const NotFoundPage = () => {
  const { pathname } = useLocation();
  usePage('Not found');
  return (
    <section className="card state">
      <h2 className="strong">Nothing is at this address.</h2>
      <p className="mid mono">{pathname}</p>
      <Button component={Link} to="/admin">Open the dashboard</Button>
    </section>
  );
};
