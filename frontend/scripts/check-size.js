// Fails when the script and style of the first load exceed the budget, gzipped.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const budgetKb = 300;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist)));

const filesOf = (key, seen = new Set()) => {
  const { file, css = [], imports = [] } = manifest[key];
  for (const name of [file, ...css]) seen.add(name);
  for (const next of imports) filesOf(next, seen);
  return seen;
};

const gzipKb = (name) => gzipSync(readFileSync(new URL(name, dist))).length / 1000;
/** What a first visit to /admin fetches: the entry and the dashboard's own chunk. */
const firstLoad = ['index.html', 'src/pages/admin/DashboardPage.jsx'].filter((key) => manifest[key]);
const files = [...new Set(firstLoad.flatMap((key) => [...filesOf(key)]))];
const total = files.reduce((sum, name) => sum + gzipKb(name), 0);
for (const name of files) console.log(`${gzipKb(name).toFixed(1).padStart(7)} kB  ${name}`);
console.log(`${total.toFixed(1).padStart(7)} kB  first load, gzip, of ${budgetKb}`);
process.exitCode = total > budgetKb ? 1 : 0;
