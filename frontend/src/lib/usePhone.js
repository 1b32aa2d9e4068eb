import { useMediaQuery } from '@mantine/hooks';

/** Whether the window is as narrow as a phone's: known before the first paint. */
export const usePhone = () => useMediaQuery('(max-width: 720px)', false, { getInitialValueInEffect: false });
