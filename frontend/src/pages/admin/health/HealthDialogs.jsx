/** The dialog that the address asks for, if any. */
export const HealthDialogs = () => null;
