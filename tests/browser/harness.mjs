// What the browser tests share: the program as its users run it, a provider, a browser that watches the page.
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {createServer} from 'node:http';
import {chromium} from 'playwright-core';

export const [, , program, browserPath, work] = process.argv;

// Runs the program to its end; its exit code must be one of `codes`.
export function run(args, codes = [0]) {
  const done = spawnSync(
      program, args,
      {cwd: work, encoding: 'utf8', env: {...process.env, OPENAI_API_KEY: 'sk-canary-browser-0123456789'}}
  );
  assert.ok(codes.includes(done.status), `${args.join(' ')} ended with ${done.status}: ${done.stderr}`);
  return done;
}

// Likewise, without blocking: for runs whose provider is this very process.
export function runBeside(args) {
  return new Promise((resolve) => {
    const child = spawn(
        program, args, {cwd: work, env: {...process.env, OPENAI_API_KEY: 'k'}, stdio: ['ignore', 'ignore', 'pipe']}
    );
    let err = '';
    child.stderr.on('data', (data) => {
      err += data;
    });
    child.on('exit', (code) => resolve({code, err}));
  });
}

// `status-validator simulate llm`; gives its address and how to end it.
export async function simulator(...options) {
  const child =
      spawn(program, ['simulate', 'llm', '--port', '0', ...options], {cwd: work, stdio: ['ignore', 'pipe', 'inherit']});
  const address = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
      const found = /listening on (\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    child.on('exit', () => reject(new Error('the simulator did not start')));
  });
  return {address, stop: () => child.kill()};
}

// A provider that answers what `verdictOf(number of the request)` gives, with the code that stood above the row.
export async function provider(verdictOf) {
  let count = 0;
  const server = createServer((request, response) => {
    let asked = '';
    request.on('data', (data) => {
      asked += data;
    });
    request.on('end', () => {
      const code = /Row code: (\d+)/.exec(asked);
      const verdict = {row_code: code ? code[1] : '', ...verdictOf(count++)};
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({
        id: 'x',
        object: 'chat.completion',
        model: 'hostile',
        choices: [{index: 0, finish_reason: 'stop', message: {role: 'assistant', content: JSON.stringify(verdict)}}],
        usage: {prompt_tokens: 10, completion_tokens: 5, total_tokens: 15}
      }));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {address: `http://127.0.0.1:${server.address().port}/v1`, stop: () => server.close()};
}

const browser = await chromium.launch({executablePath: browserPath, args: ['--no-sandbox', '--disable-dev-shm-usage']});
export const closeBrowser = () => browser.close();

// A page that notes all that it must not do: `troubles()` gives it.
export async function open(file, {hash = '', scheme = 'light', width = 1400, height = 900, offline = true} = {}) {
  const context =
      await browser.newContext({viewport: {width, height}, colorScheme: scheme, offline, acceptDownloads: true});
  const page = await context.newPage();
  const found = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) found.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => found.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    found.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('popup', () => found.push('popup'));
  context.on('request', (request) => {
    if (!request.url().startsWith('file://') && !request.url().startsWith('blob:'))
      found.push(`request: ${request.url()}`);
  });
  await page.addInitScript(() => {
    window.pwnedBy = [];
    window.pwned = (how) => window.pwnedBy.push(how);
    window.violations = [];
    document.addEventListener(
        'securitypolicyviolation', (event) => window.violations.push(`${event.violatedDirective} ${event.sample}`)
    );
    const watcher = new MutationObserver(() => {
      if (window.rowsSeenAt === undefined && document.querySelector('#body tr[data-place]'))
        window.rowsSeenAt = performance.now();
      if (!document.documentElement.dataset.ready) return;
      window.readyAt = performance.now();
      watcher.disconnect();
    });
    watcher.observe(document, {childList: true, subtree: true, attributes: true});
  });
  await page.goto(`file://${work}/${file}${hash}`);
  await page.waitForSelector('html[data-ready]', {timeout: 120_000});
  page.troubles = async () => [...found, ...await page.evaluate(() => [...window.pwnedBy, ...window.violations])];
  page.close_ = () => context.close();
  return page;
}

// What a reader waits for, in milliseconds.
export const speedOf = (page) => page.evaluate(() => {
  const times = [];
  for (const change of [{q: 'план'}, {q: 'риски нет'}, {q: ''}, {chosen: {verdict: ['i']}}, {chosen: {}}]) {
    const from = performance.now();
    Object.assign(state, change);
    applyState();
    document.body.getBoundingClientRect();
    times.push(Math.round(performance.now() - from));
  }
  return {
    rows: rows.length,
    seen: Math.round(window.rowsSeenAt),
    ready: Math.round(window.readyAt),
    filters: times,
    elements: document.querySelectorAll('#rows *').length
  };
});

// Tests run one after the other; each is told by one line.
let failures = 0;
export async function test(name, body) {
  try {
    await body();
    console.log(`ok   ${name}`);
  } catch (error) {
    ++failures;
    console.log(`FAIL ${name}\n${error.stack}`);
  }
}
export const failureCount = () => failures;
