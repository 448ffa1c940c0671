// OpenAI's own Node client drives the simulator's files and batches.
//
//   node openai_batches.mjs http://127.0.0.1:PORT/v1
//
// The simulator was started as `run` says: which batch expires, fails, … is planned there.
import assert from 'node:assert/strict';
import OpenAI, { toFile } from 'openai';

const [, , baseURL] = process.argv;
const client = new OpenAI({ baseURL, apiKey: 'sk-test-0123456789abcdef' });
const once = new OpenAI({ baseURL, apiKey: 'sk-test-0123456789abcdef', maxRetries: 0 });

const messages = (n) => [
  { role: 'system', content: 'You review project status updates.\n\nRulebook:\n1. No exclamation marks.\nEnd of rulebook.\n' },
  { role: 'user', content: `Today is 2026-11-25.\n<<<ROW 0123456789abcdef01234567>>>\n{"status":"On Track","comment":"Сделано: ${n}!"}\n<<<END 0123456789abcdef01234567>>>\n` },
];
const line = (n) => JSON.stringify({
  custom_id: `row-${n}`, method: 'POST', url: '/v1/chat/completions',
  body: { model: 'gpt-4o-mini', max_completion_tokens: 600, messages: messages(n) },
});
const jsonl = (count) => Array.from({ length: count }, (_, n) => line(n)).join('\n') + '\n';
const upload = (text, more = {}) =>
  toFile(Buffer.from(text), 'строки.jsonl').then((file) => client.files.create({ file, purpose: 'batch', ...more }));
const create = (input_file_id, metadata, by = client) =>
  by.batches.create({ input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h', metadata });
async function ended(id) {
  for (let look = 0; look < 500; ++look) {
    const batch = await client.batches.retrieve(id);
    if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) return batch;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`${id} does not end`);
}
const lines = async (id) =>
  (await (await client.files.content(id)).text()).trim().split('\n').map((text) => JSON.parse(text));

// files
const file = await upload(jsonl(200), { expires_after: { anchor: 'created_at', seconds: 86400 } });
assert.equal(file.object, 'file');
assert.equal(file.filename, 'строки.jsonl');
assert.equal(file.bytes, Buffer.byteLength(jsonl(200)));
assert.equal(file.expires_at - file.created_at, 86400);
assert.equal((await client.files.retrieve(file.id)).id, file.id);
assert.equal((await client.files.waitForProcessing(file.id)).status, 'processed');
assert.equal(await (await client.files.content(file.id)).text(), jsonl(200));

// 1: completed, with errors in the error file and the output in another order than the input
const first = await create(file.id, { run: 'run-1', part: '1' });
assert.equal(first.object, 'batch');
assert.equal(first.status, 'validating');
assert.deepEqual(first.metadata, { run: 'run-1', part: '1' });
const done = await ended(first.id);
assert.equal(done.status, 'completed');
assert.equal(done.request_counts.total, 200);
const output = await lines(done.output_file_id);
const errors = await lines(done.error_file_id);
assert.equal(output.length, done.request_counts.completed);
assert.equal(errors.length, done.request_counts.failed);
assert.ok(errors.length > 0);
const ids = [...output, ...errors].map((one) => one.custom_id);
assert.deepEqual([...ids].sort(), Array.from({ length: 200 }, (_, n) => `row-${n}`).sort());
assert.notDeepEqual(output.map((one) => one.custom_id), output.map((one) => one.custom_id).sort());
assert.ok(errors.every((one) => one.response.status_code >= 400 && one.response.body.error.message));
const answer = output.find((one) => one.custom_id === output[0].custom_id);
const online = await client.chat.completions.create({
  model: 'gpt-4o-mini', max_completion_tokens: 600, messages: messages(Number(answer.custom_id.slice(4))),
});
assert.equal(answer.response.body.choices[0].message.content, online.choices[0].message.content);
assert.equal(done.usage.output_tokens, output.reduce((sum, one) => sum + one.response.body.usage.completion_tokens, 0));

// 2: expired, 3: over the limit of enqueued tokens
const expired = await ended((await create(file.id)).id);
assert.equal(expired.status, 'expired');
assert.equal((await lines(expired.error_file_id)).filter((one) => one.error?.code === 'batch_expired').length, 100);
const failed = await ended((await create(file.id)).id);
assert.equal(failed.status, 'failed');
assert.equal(failed.errors.data[0].code, 'token_limit_exceeded');

// 4: refused at first, and the client's own retry (5) gets through; 6: without retries the refusal shows
const retried = await create(file.id);
assert.equal((await ended(retried.id)).status, 'completed');
await assert.rejects(create(file.id, undefined, once), (error) => error instanceof OpenAI.RateLimitError);
// 7: the reply is lost, the batch is there and is found by its metadata
await assert.rejects(create(file.id, { run: 'lost' }, once), (error) => error instanceof OpenAI.APIConnectionError);
const found = [];
for await (const batch of client.batches.list({ limit: 2 })) if (batch.metadata?.run === 'lost') found.push(batch);
assert.equal(found.length, 1);

// a duplicate custom_id fails with its line; cancel
const double = await ended((await create((await upload(`${line(1)}\n${line(1)}\n`)).id)).id);
assert.equal(double.status, 'failed');
assert.deepEqual([double.errors.data[0].code, double.errors.data[0].line], ['duplicate_custom_id', 2]);
const cancelled = await client.batches.cancel((await create(file.id)).id);
assert.equal(cancelled.status, 'cancelling');
assert.equal((await ended(cancelled.id)).status, 'cancelled');
await assert.rejects(client.batches.cancel(cancelled.id), (error) => error.status === 409);

// listing in pages, deleting
const all = [];
for await (const batch of client.batches.list({ limit: 3 })) all.push(batch.id);
assert.equal(all.length, new Set(all).size);
assert.equal(all.at(-1), first.id);
const page = await client.files.list({ purpose: 'batch', limit: 1 });
assert.equal(page.data.length, 1);
assert.ok(page.hasNextPage());
assert.equal((await client.files.delete(file.id)).deleted, true);
await assert.rejects(client.files.retrieve(file.id), (error) => error instanceof OpenAI.NotFoundError);
await assert.rejects(client.batches.retrieve('batch_none'), (error) => error instanceof OpenAI.NotFoundError);
await assert.rejects(create('file-none'), (error) => error instanceof OpenAI.BadRequestError);

const ledger = await (await fetch(baseURL.replace(/\/v1$/, '/_ledger'))).json();
assert.equal(ledger.batches.created, all.length);
assert.equal(ledger.batches.expired, 1);
assert.ok(Number(ledger.bill.batch.USD) > 0);
console.log(`${all.length} batches driven by OpenAI's client, all checks passed`);
