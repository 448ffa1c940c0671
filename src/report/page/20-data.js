// The run and its rows, as they stand in the page's JSON elements (page_row.hpp, run_page.hpp).

// The cells of a row.
const F = {};
["number", "identifier", "manager", "status", "date", "comment", "verdict", "kind", "issues", "rewrite", "reason",
 "provider", "model", "answered", "input", "cached", "output", "cost", "latency", "requests", "change", "edited",
 "renamed", "sourceChanged"]
    .forEach((name, index) => {
      F[name] = index;
    });

const VERDICTS = ["v", "i", "r", "u", "s"];

let page = null;       // of the run
const rows = [];       // arrays, in the order of the sheet
const haystacks = [];  // what full-text search looks in, by row

// The verdict as people see it: a row without one is unjudged or skipped.
const verdictOf = (row) => (row[F.verdict] !== "-" ? row[F.verdict] : row[F.kind] === "s" ? "s" : "u");
const rulesOf = (row) => row[F.issues].map((issue) => issue[1] || "");

function haystackOf(index) {
  if (haystacks[index] === undefined) {
    const row = rows[index];
    const texts = [
      row[F.number], row[F.identifier], row[F.manager], row[F.status], row[F.date], row[F.comment], row[F.rewrite],
      row[F.reason], row[F.model]
    ];
    for (const issue of row[F.issues]) texts.push(issue[0], issue[1] || "", issue[3] || "");
    haystacks[index] = texts.join("\n").toLocaleLowerCase();
  }
  return haystacks[index];
}

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; ++i) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

async function unpack(base64) {
  const stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function readPage() {
  page = JSON.parse(document.getElementById("run").textContent);
  speak(page.language);
}

// Reads block after block; `each` is called after every one, so that the first rows are seen before the last are
// read. Texts for the search are made meanwhile: the browser unpacks the next block beside this thread. Gives false
// when a block was damaged.
async function readRows(each) {
  const taken = async (element) => {
    try {
      return await unpack(JSON.parse(element.textContent));
    } catch (error) {
      return null;
    }
  };
  const elements = [...document.querySelectorAll("script.rows")];
  let isWhole = true;
  let next = elements.length > 0 ? taken(elements[0]) : null;
  for (const [number, element] of elements.entries()) {
    const block = await next;
    element.remove();  // its text would be kept for nothing
    next = number + 1 < elements.length ? taken(elements[number + 1]) : null;
    if (block === null) isWhole = false;
    let index = rows.length;
    for (const row of block || []) rows.push(row);
    each();
    await new Promise((resume) => setTimeout(resume));
    while (index < rows.length) haystackOf(index++);
  }
  return isWhole;
}

// The line of the rulebook that a rule's number belongs to, if one can be found.
const ruleTitles = new Map();
function ruleTitle(rule) {
  if (!ruleTitles.has(rule)) {
    const isNumber = /^[\d.]{1,8}$/.test(rule);
    const line = isNumber && page.rules.split("\n").find((text) => {
      const found = /^[\s#*-]*(?:rule|правило)?\s*([\d.]+?)[.):]\s+(.*)/i.exec(text);
      return found && found[1] === rule.replace(/\.$/, "");
    });
    ruleTitles.set(
        rule,
        line ? line.replace(/^[\s#*-]*(?:rule|правило)?\s*[\d.]+[.):]\s+/i, "").replace(/[*`]/g, "").trim() : ""
    );
  }
  return ruleTitles.get(rule);
}
