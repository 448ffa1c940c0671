// Sheets, rules and command lines of the browser tests.
import {readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {simulator, work} from './harness.mjs';

const here = dirname(fileURLToPath(import.meta.url));

export const write = (name, text) => writeFileSync(join(work, name), text);
export const read = (name) => readFileSync(join(work, name), 'utf8');

const cell = (text) => `"${String(text).replaceAll('"', '""')}"`;
export const csv = (lines) => lines.map((line) => line.map(cell).join(',')).join('\n') + '\n';
export const HEAD = ['Project', 'Project manager', 'Status', 'Comment', 'Completion date'];
const GOOD = 'Done: 14 of 18 screens work on the test stand. Plan: load test by Orlov until 12 February. Risks: none.';

export function sheet(rows, vary = (line) => line) {
  const managers = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Edsger Dijkstra'];
  const lines = [HEAD];
  for (let i = 0; i < rows; ++i) {
    const line = vary(
        [
          `Project ${i}`, managers[i % 4], ['In progress', 'Done', 'Delayed'][i % 3],
          i % 3 ? GOOD : `Going as planned, step ${i}.`, '2031-03-30'
        ],
        i
    );
    if (line) lines.push(line);
  }
  return csv(lines);
}

// Rows of Russian text made of the words of the example, 45 words of about 7 letters in each; `different` texts at
// most.
export function bigSheet(rows, different = rows, length = 45) {
  const words = readFileSync(join(here, '../../examples/ru/statuses.csv'), 'utf8').split(/[\s;"]+/).filter(Boolean);
  let seed = 7;
  const random = (n) => {
    seed = (seed * 48271) % 2147483647;
    return seed % n;
  };
  const managers = Array.from({length: 40}, (_, i) => `Руководитель ${i}`);
  const texts = Array.from(
      {length: different},
      () => [
          ['В работе', 'Завершён', 'Задержка'][random(3)],
          `Сделано: ${Array.from({length}, () => words[random(words.length)]).join(' ')}. План: ${
              random(100)}. Риски: нет.`]
  );
  const lines = [['Проект', 'Руководитель', 'Статус', 'Комментарий']];
  for (let i = 0; i < rows; ++i) lines.push([`Проект ${i}`, managers[random(40)], ...texts[i % different]]);
  return csv(lines);
}

export const RULES =
    '1. Say what is done, with numbers.\n2. Say what is planned, who does it and until when.\n3. Name the risks.\n';
const PRICES = ['m', 'gpt-4.1-mini'].reduce(
    (all, name) => `${all}  - model: ${name}\n    input: 0.4\n    cached_input: 0.1\n    output: 1.6\n`, 'prices:\n'
);
write('rules.md', RULES);
write('prices.yaml', PRICES);
export const job = (source, report, address, ...more) =>
    ['run', source, '--output', `${source}-review.csv`, '--rules', 'rules.md', '--model', 'm', '--base-url', address,
     '--prices', 'prices.yaml', '--workers', '50', '--report', report, '--cache', `${source}.sqlite`, ...more];

export const model = await simulator(
    '--latency', '5ms', '--fault', 'refusal=2%', '--fault', '429=2%', '--fault-wait', '10ms', '--seed', '5'
);
