/** Close codes in words: those of the WebSocket protocol, and Belfry's own. */
const meanings = {
  1000: 'The client left',
  1001: 'The client left',
  1002: 'The client broke the protocol',
  1003: 'The client sent something else than text',
  1006: 'The connection broke',
  1007: 'A message was no text',
  1009: 'A message was too long',
  1011: 'The server failed',
  1012: 'The server restarts',
  4001: 'The gateway stopped',
  4004: 'The gateway failed',
  4005: 'The session ended',
  4008: 'Read too slowly',
  4010: 'The gateway lost its place in the stream',
  4011: 'Asked to connect anew',
  4012: 'Did not answer a ping',
  4013: 'Too many commands',
  4500: 'The ticket was unknown, used or too old',
  4501: 'A message could not be understood',
  4503: 'Closed by an admin',
  4504: 'Too many connections',
  4507: 'The right to be connected was withdrawn',
  4509: 'Too many bad commands',
};

/** Why a connection was closed: the code's meaning, who did it, and the words given for it. */
export const closedWords = ({ close_code: code, close_reason: reason, closed_by: by }) => {
  const meaning = code === 4503 && by ? `Closed by ${by}` : (meanings[code] ?? reason) || 'No reason was given';
  const own = code === 4503 || !meanings[code];
  return own && reason && reason !== meaning ? `${meaning}: ${reason}` : meaning;
};
