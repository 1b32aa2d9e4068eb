/** Rules, channels, policies and mute timings know only that the file holds them; who changed them last is the file. */
export const isOfFile = (one) => one?.source === 'file';

/** `It stands in belfry.yaml. Change it there; ...`. `what`: `It`, or `This rule`. */
export const whereToChange = (what, { updated_by: path = 'belfry.yaml' }) => `${what} stands in ${path}. Change it there; Belfry reads the file again at once.`;
