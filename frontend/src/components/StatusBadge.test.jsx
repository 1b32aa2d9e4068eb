import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { render } from '../test/render.jsx';
import { StatusBadge } from './StatusBadge.jsx';

it('writes the status as a word', () => {
  render(<StatusBadge status="down" />);
  expect(screen.getByText('Down')).toBeInTheDocument();
});

it('counts the causes of a risk', () => {
  render(<StatusBadge status="risk" causes={2} />);
  expect(screen.getByText('At risk, 2 causes')).toBeInTheDocument();
});
