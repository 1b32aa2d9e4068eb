/** Why the sign-in provider's answer did not lead in, by the word in the address. */
const refusals = {
  no_role: 'The provider knows you, but none of your groups has a role here. Ask an admin of Belfry.',
  no_name: 'The provider gives no name that can be used here. Ask an admin of Belfry.',
  name_taken: 'Another account here has your name already. Ask an admin of Belfry.',
  disabled: 'Your account was disabled here.',
  expired: 'The sign-in took too long, or was begun in another browser. Try again.',
  denied: 'The provider did not let you in.',
  provider: 'The provider does not answer as it should. Try again in a moment.',
};

/** Words for a refusal; '' for none. */
export const refusalWords = (reason) => (reason ? (refusals[reason] ?? 'What the provider said of you cannot be trusted. Try again.') : '');
