// Which words differ between two texts.

// Words, spaces and punctuation apart.
const wordsOf = (text) => text.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) || [];

const MOST_STEPS = 2000;  // of difference; texts that share less are shown as wholly different

// Myers' O(ND) walk: how far each diagonal gets with d differences. Gives the trace to walk back, or nothing when
// the texts have too little in common.
function traceOf(a, b) {
  const reach = Math.min(a.length + b.length, MOST_STEPS);
  const furthest = new Int32Array(2 * reach + 3);
  const at = (diagonal) => diagonal + reach + 1;
  const trace = [];
  for (let steps = 0; steps <= reach; ++steps) {
    trace.push(furthest.slice(at(-steps - 1), at(steps + 1) + 1));
    for (let k = -steps; k <= steps; k += 2) {
      const goesDown = k === -steps || (k !== steps && furthest[at(k - 1)] < furthest[at(k + 1)]);
      let x = goesDown ? furthest[at(k + 1)] : furthest[at(k - 1)] + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) ++x;
      furthest[at(k)] = x;
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
  return null;
}

// Marks what is kept: two arrays of booleans.
function keptWords(a, b) {
  const keptA = new Array(a.length).fill(false);
  const keptB = new Array(b.length).fill(false);
  const trace = traceOf(a, b);
  if (!trace) return [keptA, keptB];
  let x = a.length;
  let y = b.length;
  for (let steps = trace.length - 1; steps >= 0; --steps) {
    const furthest = (k) => trace[steps][k + steps + 1];
    const k = x - y;
    const goesDown = k === -steps || (k !== steps && furthest(k - 1) < furthest(k + 1));
    const from = goesDown ? k + 1 : k - 1;
    const startX = steps === 0 ? 0 : furthest(from);
    const startY = steps === 0 ? 0 : startX - from;
    while (x > startX && y > startY && x > 0 && y > 0) {
      keptA[--x] = true;
      keptB[--y] = true;
    }
    x = startX;
    y = startY;
  }
  return [keptA, keptB];
}

// The words as nodes, neighbours together; what is not kept is in elements of `tag`.
function markedWords(list, kept, tag) {
  const nodes = [];
  for (let i = 0; i < list.length;) {
    let end = i;
    const isKept = kept[i];
    // A space between two changed words belongs to them.
    while (end < list.length &&
           (kept[end] === isKept || (!isKept && /^\s+$/.test(list[end]) && kept[end + 1] === false)))
      ++end;
    const text = list.slice(i, end).join("");
    nodes.push(isKept ? document.createTextNode(text) : el(tag, {}, text));
    i = end;
  }
  return nodes;
}

// Nodes for the original (<del>) and for the rewrite (<ins>).
function compareTexts(original, rewrite) {
  const a = wordsOf(original);
  const b = wordsOf(rewrite);
  const [keptA, keptB] = keptWords(a, b);
  return [markedWords(a, keptA, "del"), markedWords(b, keptB, "ins")];
}
