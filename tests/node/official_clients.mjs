// Google's own Node client and google-spreadsheet do every call of the simulator.
//
//   node official_clients.mjs http://127.0.0.1:PORT KEY_FILE
//
// KEY_FILE is what `simulate sheets --write-key` wrote, so that tokens are really signed and checked. Both clients
// have Google's addresses built in (google-auth-library 10 ignores token_uri), so `fetch` sends them here.
// paths.golden keeps the request lines of Google's client, for ours to be compared with; SV_ACCEPT_GOLDEN=1 writes it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { sheets as makeSheets } from '@googleapis/sheets';
import { JWT } from 'google-auth-library';
import { GoogleSpreadsheet } from 'google-spreadsheet';

const [, , address, keyFile] = process.argv;
const key = JSON.parse(readFileSync(keyFile, 'utf8'));
const realFetch = globalThis.fetch;
const lines = [];
let recording = true;

function here(url) {
  return String(url)
    .replace('https://oauth2.googleapis.com/token', `${address}/token`)
    .replace('https://sheets.googleapis.com', address);
}
function sendHere(url, options) {
  const target = here(url);
  const method = options?.method ?? 'GET';
  if (recording && target.startsWith(`${address}/v4`)) lines.push(`${method} ${target.slice(address.length)}`);
  return realFetch(target, options);
}
globalThis.fetch = (input, options) =>
  input instanceof Request
    ? realFetch(new Request(here(input.url), input), options)
    : realFetch(here(input), options);

const scopes = ['https://www.googleapis.com/auth/spreadsheets'];
const client = (privateKey = key.private_key) =>
  new JWT({
    email: key.client_email, key: privateKey, scopes,
    transporterOptions: { fetchImplementation: sendHere },
  });
const api = makeSheets({ version: 'v4', auth: client() });
const { spreadsheets } = api;

async function refused(call) {
  try {
    await call();
  } catch (error) {
    return { status: error.response?.status, error: error.response?.data?.error };
  }
  assert.fail('the call was not refused');
}

// create, get with a mask
const created = (await spreadsheets.create({ requestBody: { properties: { title: 'Статусы' } } })).data;
const spreadsheetId = created.spreadsheetId;
assert.equal(created.sheets[0].properties.gridProperties.rowCount, 1000);
const masked = (await spreadsheets.get({
  spreadsheetId, fields: 'properties(title,locale),sheets(properties(sheetId,title),merges)',
})).data;
assert.deepEqual(masked, {
  properties: { title: 'Статусы', locale: 'en_US' },
  sheets: [{ properties: { sheetId: 0, title: 'Sheet1' } }],
});

// batchUpdate: tabs with awkward names, typed cells, links
const titles = ['2025', 'P1', "Отчёт 1/2: it's!", 'a:b'];
const added = (await spreadsheets.batchUpdate({
  spreadsheetId, requestBody: { requests: titles.map((title) => ({ addSheet: { properties: { title } } })) },
})).data;
assert.deepEqual(added.replies.map((reply) => reply.addSheet.properties.title), titles);
const quoted = (title) => `'${title.replaceAll("'", "''")}'`;
const sheetId = added.replies[2].addSheet.properties.sheetId;
await spreadsheets.batchUpdate({
  spreadsheetId,
  requestBody: {
    requests: [{
      updateCells: {
        start: { sheetId, rowIndex: 4, columnIndex: 0 },
        rows: [{ values: [
          { userEnteredValue: { stringValue: '=1+1' } },
          { userEnteredValue: { stringValue: 'строка 5' },
            textFormatRuns: [{ format: { link: { uri: 'https://example.org/edit#gid=0&range=A5' } } }] },
        ] }],
        fields: 'userEnteredValue,textFormatRuns',
      },
    }],
  },
});
const grid = (await spreadsheets.get({
  spreadsheetId, ranges: [`${quoted(titles[2])}!A5:B5`],
  fields: 'sheets.data.rowData.values(userEnteredValue,hyperlink)',
})).data;
assert.deepEqual(grid.sheets[0].data[0].rowData[0].values, [
  { userEnteredValue: { stringValue: '=1+1' } },
  { userEnteredValue: { stringValue: 'строка 5' }, hyperlink: 'https://example.org/edit#gid=0&range=A5' },
]);

// values.*
const { values } = spreadsheets;
for (const title of titles) {
  const range = `${quoted(title)}!A1:B2`;
  const updated = (await values.update({
    spreadsheetId, range, valueInputOption: 'RAW', requestBody: { values: [['a', ''], ['', title]] },
  })).data;
  assert.equal(updated.updatedCells, 4);
  assert.deepEqual((await values.get({ spreadsheetId, range })).data.values, [['a'], ['', title]]);
}
const appended = (await values.append({
  spreadsheetId, range: "'Sheet1'!A1", valueInputOption: 'USER_ENTERED', insertDataOption: 'INSERT_ROWS',
  requestBody: { values: [['2020-01-01', '0042', 'true']] },
})).data;
assert.equal(appended.updates.updatedRange, 'Sheet1!A1:C1');
const typed = (await values.get({
  spreadsheetId, range: 'Sheet1!A1:C1', valueRenderOption: 'UNFORMATTED_VALUE', majorDimension: 'COLUMNS',
})).data;
assert.deepEqual(typed.values, [[43831], [42], [true]]);
const batch = (await values.batchUpdate({
  spreadsheetId,
  requestBody: {
    valueInputOption: 'RAW',
    data: [{ range: 'Sheet1!A2', values: [['x']] }, { range: "'P1'!C3:D3", values: [['y', 'z']] }],
  },
})).data;
assert.equal(batch.totalUpdatedCells, 3);
assert.equal(batch.totalUpdatedSheets, 2);
const read = (await values.batchGet({ spreadsheetId, ranges: ['Sheet1!A2', "'P1'!C3:D3"] })).data;
assert.deepEqual(read.valueRanges.map((one) => one.values), [[['x']], [['y', 'z']]]);
assert.equal((await values.clear({ spreadsheetId, range: "'P1'" })).data.clearedRange, "'P1'!A1:Z1000");
assert.deepEqual(
  (await values.batchClear({ spreadsheetId, requestBody: { ranges: ['Sheet1!A1:A2'] } })).data.clearedRanges,
  ['Sheet1!A1:A2']);

// errors
recording = false;
const missing = await refused(() => spreadsheets.get({ spreadsheetId: 'none' }));
assert.equal(missing.status, 404);
assert.equal(missing.error.status, 'NOT_FOUND');
const wrong = await refused(() => spreadsheets.batchUpdate({
  spreadsheetId,
  requestBody: { requests: [{ addSheet: {} }, { updateCells: { start: { sheetId: 999999 }, fields: '*' } }] },
}));
assert.equal(wrong.status, 400);
assert.equal(wrong.error.message, 'Invalid requests[1].updateCells: No grid with id: 999999');
assert.equal((await spreadsheets.get({ spreadsheetId, fields: 'sheets.properties.title' })).data.sheets.length, 5);
const forged = client(
  (await import('node:crypto')).generateKeyPairSync('rsa', {
    modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey);
await assert.rejects(forged.authorize(), /invalid_grant|Invalid JWT Signature/);
const limited = await refused(() => values.clear(
  { spreadsheetId, range: 'Sheet1' }, { headers: { 'x-emu-fault': '429' }, retry: false }));
assert.equal(limited.status, 429);
assert.equal(limited.error.details[0].metadata.quota_limit_value, '60');
// A lost reply: written, and the connection closed without a byte.
await assert.rejects(values.update(
  { spreadsheetId, range: 'Sheet1!H9', valueInputOption: 'RAW', requestBody: { values: [['kept']] } },
  { headers: { 'x-emu-fault': 'drop-after' }, retry: false }), /fetch failed|socket|other side closed/);
assert.deepEqual((await values.get({ spreadsheetId, range: 'Sheet1!H9' })).data.values, [['kept']]);

// google-spreadsheet
const doc = new GoogleSpreadsheet(spreadsheetId, client());
await doc.loadInfo();
assert.equal(doc.title, 'Статусы');
const tab = await doc.addSheet({ title: 'Обзор', headerValues: ['Проект', 'Статус'] });
await tab.addRows([{ Проект: 'Мост', Статус: 'в работе' }, { Проект: 'Дом', Статус: 'сдан' }]);
const rows = await tab.getRows();
assert.deepEqual(rows.map((row) => row.get('Проект')), ['Мост', 'Дом']);
rows[0].set('Статус', 'готов');
await rows[0].save();
await tab.loadCells('A1:B3');
assert.equal(tab.getCellByA1('B2').value, 'готов');
tab.getCellByA1('B3').value = 7;
await tab.saveUpdatedCells();
assert.deepEqual((await values.get({ spreadsheetId, range: "'Обзор'" })).data.values,
  [['Проект', 'Статус'], ['Мост', 'готов'], ['Дом', '7']]);
await rows[0].delete();
assert.equal((await tab.getRows()).length, 1);

const golden = new URL('paths.golden', import.meta.url);
const paths = `${lines.map((line) => line.replace(spreadsheetId, 'ID')).join('\n')}\n`;
if (process.env.SV_ACCEPT_GOLDEN) writeFileSync(golden, paths);
assert.equal(paths, readFileSync(golden, 'utf8'));
console.log(`${lines.length} calls of Google's client recorded, all checks passed`);
