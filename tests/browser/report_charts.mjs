// What the charts tell, and that nothing is told by colour alone. Imported by report_page.mjs.
import assert from 'node:assert/strict';

import {job, sheet, write} from './fixtures.mjs';
import {open, run, simulator, test} from './harness.mjs';

await test('charts tell throughput, 429s, latency, cost and caches, in words too', async () => {
  const busy = await simulator('--latency', '5ms', '--fault', '429=20%', '--fault-wait', '10ms', '--seed', '3');
  write('charts.csv', sheet(80));
  run(job('charts.csv', 'charts.html', busy.address), [0, 2]);
  const ledger = await (await fetch(`${busy.address.replace(/\/v1$/, '')}/_ledger`)).json();
  busy.stop();
  const page = await open('charts.html');
  const charts = await page.evaluate(
      () => [...document.querySelectorAll('#run-figures figure')].map(
          (figure) => ({
            title: figure.querySelector('figcaption b').textContent,
            caption: figure.querySelector('figcaption').textContent,
            label: figure.querySelector('svg[role=img]').getAttribute('aria-label'),
            columns: figure.querySelectorAll('rect').length,
            told: [...figure.querySelectorAll('rect > title')].map((one) => one.textContent)
          })
      )
  );
  const chart = (title) => {
    const found = charts.find((one) => one.title === title);
    assert.ok(found, `${title} among ${charts.map((one) => one.title).join(', ')}`);
    return found;
  };
  for (const title
           of ['Answers a second', 'Requests in flight', 'Failures and 429s', 'Time to answer', 'Cost of a request'])
    assert.ok(chart(title).columns > 0, title);
  for (const one of charts) {
    assert.ok(one.label.startsWith(one.title), `${one.title} is said to who does not see it`);
    assert.equal(one.told.length, one.columns, `each column of ${one.title} says what it is`);
  }
  // The figures are those of the provider.
  const slices = await page.evaluate(() => page.time_line.slices);
  const sum = (cell) => slices.reduce((all, slice) => all + slice[cell], 0);
  assert.ok(ledger.by_status['429'] > 5, JSON.stringify(ledger.by_status));
  assert.equal(sum(2), ledger.by_status['429']);
  assert.equal(sum(0) + sum(1), ledger.requests);
  assert.match(
      chart('Time to answer').caption, /median [\d.]+ m?s, p95 [\d.]+ m?s, p99 [\d.]+ m?s, longest [\d.]+ m?s/
  );
  const counted = chart('Time to answer').told.reduce((all, one) => all + Number(/: (\d+)$/.exec(one)[1]), 0);
  assert.equal(counted, sum(0));
  const shares = await page.locator('#run-figures .share').allTextContents();
  assert.ok(shares.some((text) => /Local answer cache.*\d+ of \d+ rows/.test(text)), shares.join('|'));
  assert.ok(shares.some((text) => /Prompt cache.*\d+ of .*tokens/.test(text)), shares.join('|'));
  await page.close_();
});

await test('colour is never the only sign', async () => {
  const page = await open('second.html');
  const wordless = await page.evaluate(() => {
    const silent = [];
    for (const node of document.querySelectorAll('.badge, .change')) {
      if (!node.textContent.trim()) silent.push(node.outerHTML);
    }
    for (const node of document.querySelectorAll('.dot')) {
      if (!node.parentElement.textContent.trim()) silent.push(node.outerHTML);
    }
    for (const node of document.querySelectorAll('.stack')) {
      if (!node.getAttribute('aria-label')) silent.push(node.outerHTML);
    }
    return silent;
  });
  assert.deepEqual(wordless, []);
  const verdicts = await page.locator('#body td.verdict .badge').allTextContents();
  assert.ok(verdicts.length >= 10);
  assert.ok(new Set(verdicts).size >= 2, 'each verdict has a word of its own');
  await page.close_();
});
