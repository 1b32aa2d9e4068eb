const files = import.meta.glob('../../../tests/contracts/golden/**/*.json', { eager: true, import: 'default' });
const folder = '../../../tests/contracts/golden/';

/** When the golden answers were taken: tests set their clock to it. */
export const goldenNow = new Date('2026-11-23T14:08:20Z');

/** A fresh copy of a golden answer, e.g. `health/board`. The backend's contract tests hold these files to be true. */
export const golden = (name) => {
  const found = files[`${folder}${name}.json`];
  if (!found) throw new Error(`No golden answer ${name}`);
  return structuredClone(found);
};
