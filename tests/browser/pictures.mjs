// Pictures of the report for the documents: 10,000 rows made of the example's, reviewed in two weeks by the simulated
// provider.
//
//   node pictures.mjs PROGRAM BROWSER WORK_DIRECTORY OUT       (tests/browser/run PROGRAM pictures.mjs docs/images)
import {mkdirSync, readFileSync, statSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

import {csv, model, write} from './fixtures.mjs';
import {closeBrowser, open, run, simulator} from './harness.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[5] || '.');
const ROWS = 10_000;
const MOST_BYTES = 400 * 1024;

function cellsOf(text) {
  const lines = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,;\n"]*))([,;]|\n|$)/g)) {
    lines.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\n') lines.push([]);
  }
  return lines.filter((line) => line.length > 3);
}

// Each row of the example once for every site, its first figure another one. In the second week some texts are those of
// other rows, a few rows are gone and a few are new.
function sheet(example, sites, week) {
  const [head, ...rows] = example;
  const lines = [head];
  for (let i = 0; i < ROWS + (week === 2 ? 60 : 0); ++i) {
    if (week === 2 && i % 140 === 70) continue;
    const line = [...rows[i % rows.length]];
    const round = Math.floor(i / rows.length);
    const comment = head.length - 1;
    line[0] = `${line[0]}, ${sites[round % sites.length]} ${1 + Math.floor(round / sites.length)}`;
    if (week === 2 && i % 29 === 11) line[comment] = rows[(i * 7 + 3) % rows.length][comment];
    line[comment] = line[comment].replace(/\d+/, (figure) => String(Number(figure) + round));
    lines.push(line);
  }
  return csv(lines);
}

async function shoot(page, name, act = async () => {}) {
  await act();
  await page.evaluate(() => new Promise((resume) => setTimeout(resume, 100)));
  const path = join(out, name);
  await page.screenshot({path});
  const bytes = statSync(path).size;
  console.log(`${path}: ${Math.round(bytes / 1024)} KB`);
  if (bytes > MOST_BYTES) throw new Error(`${name} is larger than ${MOST_BYTES} bytes`);
  const troubles = await page.troubles();
  if (troubles.length) throw new Error(troubles.join('\n'));
  await page.close_();
}

const SITES = {
  en: ['Leeds', 'Porto', 'Bergen', 'Graz', 'Utrecht', 'Lyon', 'Turin', 'Cork'],
  ru: ['Тверь', 'Казань', 'Омск', 'Пермь', 'Тула', 'Самара', 'Уфа', 'Псков']
};
mkdirSync(out, {recursive: true});
model.stop();
const provider = await simulator(
    '--latency', 'lognormal:median=300ms,p95=900ms', '--fault', '429=0.5%', '--fault', 'refusal=0.05%', '--fault-wait',
    '400ms', '--seed', '5'
);
for (const language of ['en', 'ru']) {
  const folder = join(here, '../../examples', language);
  const example = cellsOf(readFileSync(join(folder, 'statuses.csv'), 'utf8').replace(/^\uFEFF/, ''));
  for (const week of [1, 2]) {
    write('statuses.csv', sheet(example, SITES[language], week));
    run(
        [
          'run', 'statuses.csv', '--config', join(folder, 'config.yaml'), '--output', `review-${language}.csv`,
          '--model', 'gpt-4.1-mini', '--base-url', provider.address, '--prices', 'prices.yaml', '--workers', '200',
          '--report', `${language}${week}.html`, '--cache', `${language}.sqlite`, '-q'
        ],
        [0, 2]
    );
  }
  const suffix = language === 'ru' ? '.ru' : '';
  await shoot(await open(`${language}2.html`, {width: 1200, height: 900}), `report-overview${suffix}.png`);
}
await shoot(
    await open('en2.html', {scheme: 'dark', width: 1280, height: 640, hash: '#row-11'}), 'report-rows-dark.png'
);
// Of the first week: in the second nearly all answers are there already.
const page = await open('en1.html', {width: 1200, height: 900});
await shoot(page, 'report-run.png', () => page.evaluate(() => document.getElementById('run-figures').scrollIntoView()));
provider.stop();
await closeBrowser();
