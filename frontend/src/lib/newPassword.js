/** Letters and digits that are not mistaken for each other. */
const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const length = 20;

/** A random password, from the browser's own generator. Bytes that would favour some letters are left out. */
export const newPassword = () => {
  const fair = 256 - (256 % letters.length);
  let made = '';
  while (made.length < length) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < fair) made += letters[byte % letters.length];
  }
  return made;
};
