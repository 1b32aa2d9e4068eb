import { useMemo } from 'react';
import { useBoard } from '../api/health.js';
import { agedServices } from '../lib/agedServices.js';
import { useNow } from '../lib/clock.js';

const none = [];
const stepSeconds = 5;

/** The services of the board as they may be drawn now: what is too old is unknown. With the query itself. */
export const useServices = () => {
  const board = useBoard();
  const now = useNow(stepSeconds);
  const services = useMemo(() => (board.data ? agedServices(board.data.services, now) : none), [board.data, now]);
  return { services, board };
};
