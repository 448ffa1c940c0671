// The report's size and speed at 10,000 and 100,000 rows, held to the limits of user-experience.md U-11. A few minutes.
//
//   node measure.mjs PROGRAM BROWSER WORK_DIRECTORY       (tests/browser/run PROGRAM measure.mjs)
import {readFileSync, statSync} from 'node:fs';
import {createRequire} from 'node:module';
import {loadavg} from 'node:os';
import {join} from 'node:path';

import {bigSheet, job, model, write} from './fixtures.mjs';
import {closeBrowser, open, run, speedOf, work} from './harness.mjs';

const OPENINGS = 5;
const WORDS = 95;  // about 700 letters
let exceeded = 0;

function tell(what, measured, limit, unit) {
  const isWithin = measured <= limit;
  exceeded += isWithin ? 0 : 1;
  console.log(`${isWithin ? 'ok  ' : 'FAIL'} ${what}: ${measured} ${unit} (≤ ${limit})`);
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const LIMITS = [{rows: 10_000, bytes: 5, seen: 1500, filter: 150}, {rows: 100_000, bytes: 40, seen: 8000, filter: 400}];
console.log(`load ${loadavg()[0].toFixed(1)}`);
for (const limit of LIMITS) {
  const name = `rows${limit.rows}`;
  write(`${name}.csv`, bigSheet(limit.rows, limit.rows, WORDS));
  const args = job(`${name}.csv`, `${name}.html`, model.address, '-q', '--language', 'ru');
  args[args.indexOf('--workers') + 1] = '200';
  run(args, [0, 2]);
  const figures = [];
  let violations = 0;
  let troubles = 0;
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (let i = 0; i < OPENINGS; ++i) {
    const page = await open(`${name}.html`, {scheme: i % 2 ? 'dark' : 'light'});
    figures.push(await speedOf(page));
    troubles += (await page.troubles()).length;
    if (i < 2) {
      await page.evaluate(axe);
      violations += await page.evaluate(async () => (await axe.run(document)).violations.length);
    }
    await page.close_();
  }
  const words = `${limit.rows} rows`;
  tell(
      `${words}: file`, Number((statSync(join(work, `${name}.html`)).size / 1024 / 1024).toFixed(2)), limit.bytes, 'MB'
  );
  tell(`${words}: first rows seen, median of ${OPENINGS}`, median(figures.map((one) => one.seen)), limit.seen, 'ms');
  console.log(`     ${words}: all read after ${median(figures.map((one) => one.ready))} ms`);
  ['first search', 'another search', 'no search', 'a verdict', 'all'].forEach((what, at) => {
    const times = figures.map((one) => one.filters[at]);
    tell(`${words}: ${what}, median of ${OPENINGS} (${times.join(', ')})`, median(times), limit.filter, 'ms');
  });
  tell(`${words}: requests, violations of the policy, errors`, troubles, 0, '');
  tell(`${words}: violations of axe in two themes`, violations, 0, '');
}

model.stop();
await closeBrowser();
process.exit(exceeded ? 1 : 0);
