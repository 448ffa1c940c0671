// That nothing in the report can act, whatever cells and models say. Imported by report_page.mjs.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {csv, HEAD, job, read, RULES, write} from './fixtures.mjs';
import {open, provider, runBeside, test} from './harness.mjs';

const here = dirname(fileURLToPath(import.meta.url));

await test('the page tells no secret', async () => {
  for (const file of ['first.html', 'second.html']) assert.ok(!read(file).includes('sk-canary'));
  const page = await open('first.html');
  assert.ok(!(await page.evaluate(() => JSON.stringify(page))).includes('canary'));
  await page.close_();
});

await test('hostile texts in cells and in replies execute nothing (S-08)', async () => {
  const texts = JSON.parse(readFileSync(join(here, 'hostile_texts.json'), 'utf8'));
  assert.ok(texts.length >= 30);
  const hostile = await provider((n) => {
    const text = texts[n % texts.length];
    return {
      issues: texts.slice(0, 6).concat(text).map((one) => ({message: one, rule: text, severity: 'major', quote: one})),
      is_valid: false,
      rewrite_suggestion: `${text}\n${texts[(n + 1) % texts.length]}`
    };
  });
  write(
      'hostile.csv',
      csv([HEAD, ...texts.map((text) => [text, text, text, text, text].map((one) => one.replaceAll('\u0000', '')))])
  );
  write('rules.md', `${RULES}${texts.join('\n').replaceAll('\u0000', '')}\n`);
  const args = job('hostile.csv', 'hostile.html', hostile.address);
  args[args.indexOf('--workers') + 1] = '1';
  const done = await runBeside(args);
  hostile.stop();
  write('rules.md', RULES);
  assert.ok([0, 2].includes(done.code), done.err);
  // The file holds our own scripts and nothing that looks like another.
  const file = read('hostile.html');
  const data = [...file.matchAll(/<script type="application\/json"[^>]*>([^<]*)<\/script>/g)];
  assert.equal(
      (file.match(/<script/gi) || []).length,
      data.length + 1 + (file.slice(file.lastIndexOf('<script>')).match(/<script/gi).length - 1)
  );
  for (const [, json] of data) JSON.parse(json);
  // Nothing acts even where the policy is taken away: it is the second wall, not the only one.
  write('naked.html', file.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''));
  for (const [name, scheme] of [['hostile.html', 'light'], ['hostile.html', 'dark'], ['naked.html', 'light']]) {
    const page = await open(name, {scheme});
    assert.equal(await page.evaluate(() => rows.length), texts.length);
    for (let i = 0; i < texts.length; ++i) await page.evaluate((place) => goTo(place, true, false), i);
    await page.evaluate(() => fillPrint());
    await page.evaluate(() => document.querySelectorAll('details').forEach((one) => {
      one.open = true;
    }));
    const strangers = await page.evaluate(
        () => [...document.querySelectorAll('main *, footer *, header *')]
                  .filter(
                      (node) =>
                          /^(script|img|iframe|object|embed|style|base|meta|link|form|video|audio|math|animate|body)$/i
                              .test(node.tagName) ||
                          [...node.attributes].some((one) => one.name.startsWith('on')) ||
                          (node.hasAttribute('href') && !node.getAttribute('href').startsWith('#'))
                  )
                  .map((node) => node.outerHTML.slice(0, 120))
    );
    assert.deepEqual(strangers, []);
    for (const link of await page.evaluate(
             () => [...document.querySelectorAll('#who a')].map((node) => node.getAttribute('href'))
         )) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, link);
    }
    assert.equal(
        await page.evaluate(
            () => ['javascript:x', 'http://x', ' https://x', 'data:x'].filter(
                                                                          (address) => outwardLink(address, 'x')
            ).length
        ),
        0
    );
    assert.deepEqual(await page.troubles(), []);
    await page.close_();
  }
});

await test('the policy of the page stops a script and a style that are not its own', async () => {
  const page = await open('first.html', {offline: false});
  const stopped = await page.evaluate(async () => {
    const stops = (act) => {
      try {
        act();
        return false;
      } catch (error) {
        return true;
      }
    };
    const image = document.createElement('img');
    image.src = 'https://attacker.example/x.png';
    document.body.append(image);
    await new Promise((resume) => setTimeout(resume, 50));
    const done = {
      html: stops(() => {
        document.body.innerHTML = '<b>x</b>';
      }),
      code: stops(() => (0, eval)('1')),
      made: stops(() => new Function('1'))
    };
    await new Promise((resume) => setTimeout(resume, 50));
    return {...done, violations: window.violations.length};
  });
  assert.equal(stopped.html && stopped.code && stopped.made, true, JSON.stringify(stopped));
  assert.ok(stopped.violations >= 2, 'the image is a violation too');
  await page.close_();
});
