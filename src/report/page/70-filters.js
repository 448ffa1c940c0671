// Which rows are shown: the state, its form in the address, and the controls.
//
//   #row-17                                   a row
//   #rows?verdict=i,r&manager=Anna&q=budget&sort=-issues&row=17
//
// Values are percent-encoded and stand apart by commas. `#row=17` and `#rows` are understood too.

const FACETS = ["verdict", "change", "manager", "status", "rule", "provider", "answer", "severity"];
const VALUES_OF = {
  verdict: (row) => [verdictOf(row)],
  change: (row) => [String(row[F.change])],
  manager: (row) => [row[F.manager]],
  status: (row) => [row[F.status]],
  rule: rulesOf,
  provider: (row) => [row[F.provider]],
  answer: (row) => [row[F.kind]],
  severity: (row) => row[F.issues].map((issue) => String(issue[2])),
};
const SORTS = ["", "verdict", "issues", "project", "manager", "status", "cost", "latency"];

const state = {
  q: "",
  sort: "",
  row: 0,
  chosen: {}
};
let shown = [];  // indexes of rows, in the order in which they are shown

function hashOf(chosen, more = {}) {
  const parts = [];
  for (const name of FACETS)
    if (chosen[name] && chosen[name].length) parts.push(`${name}=${chosen[name].map(encodeURIComponent).join(",")}`);
  if (more.q) parts.push(`q=${encodeURIComponent(more.q)}`);
  if (more.sort) parts.push(`sort=${more.sort}`);
  if (more.row && parts.length) parts.push(`row=${more.row}`);
  if (parts.length) return `#rows?${parts.join("&")}`;
  return more.row ? `#row-${more.row}` : "#rows";
}

// Gives false for an address that is not about rows.
function takeHash(hash) {
  const single = /^#row[-=](\d+)$/.exec(hash);
  if (!single && !/^#rows(\?|$)/.test(hash)) return false;
  Object.assign(state, {q: "", sort: "", row: single ? Number(single[1]) : 0, chosen: {}});
  for (const part of (hash.split("?")[1] || "").split("&")) {
    const [name, value = ""] = part.split("=");
    let values = [];
    try {
      values = value.split(",").map(decodeURIComponent);
    } catch (error) {
      continue;
    }  // not percent-encoded
    if (FACETS.includes(name))
      state.chosen[name] = values;
    else if (name === "q")
      state.q = values.join(",");
    else if (name === "sort" && SORTS.includes(values[0].replace(/^-/, "")))
      state.sort = values[0];
    else if (name === "row")
      state.row = Number(values[0]) || 0;
  }
  return true;
}

function putHash() {
  const hash = hashOf(state.chosen, state);
  if (hash === location.hash) return;
  try {
    history.replaceState(null, "", hash);
  } catch (error) {
    location.replace(hash);
  }
}

// ---- choosing ----

function chooseRows() {
  const wanted = FACETS.filter(
                           (name) => state.chosen[name] && state.chosen[name].length
  ).map((name) => [VALUES_OF[name], new Set(state.chosen[name])]);
  const sought = state.q.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  for (let i = 0; i < rows.length; ++i) {
    const row = rows[i];
    if (!wanted.every(([valuesOf, values]) => valuesOf(row).some((value) => values.has(value)))) continue;
    if (sought.length) {
      const text = haystackOf(i);
      if (!sought.every((word) => text.includes(word))) continue;
    }
    found.push(i);
  }
  shown = found;
  sortShown();
}

function sortShown() {
  const name = state.sort.replace(/^-/, "");
  if (!name) return;
  const worst = {i: 0, r: 1, u: 2, s: 3, v: 4};
  const texts = {project: F.identifier, manager: F.manager, status: F.status};
  const keyOf = {
    verdict: (row) => worst[verdictOf(row)],
    issues: (row) => -row[F.issues].length,
    cost: (row) => -row[F.cost],
    latency: (row) => -row[F.latency],
  }[name];
  const sign = state.sort.startsWith("-") ? -1 : 1;
  if (keyOf) {
    const keys = new Map(shown.map((index) => [index, keyOf(rows[index])]));
    shown.sort((a, b) => sign * (keys.get(a) - keys.get(b)) || a - b);
    return;
  }
  // Each text once: comparing as a language does is dear.
  const cell = texts[name];
  const ranks = new Map();
  [...new Set(shown.map((index) => rows[index][cell]))].sort(new Intl.Collator(locale, {numeric: true}).compare
  ).forEach((text, rank) => ranks.set(text, rank));
  shown.sort((a, b) => sign * (ranks.get(rows[a][cell]) - ranks.get(rows[b][cell])) || a - b);
}

// ---- controls ----

const MOST_OPTIONS = 500;
const LABELS = {
  manager: "manager",
  status: "status",
  rule: "rule",
  change: "change",
  severity: "severity",
  provider: "provider",
  answer: "answer"
};
const SORT_LABELS = {
  "": "source_order",
  verdict: "by_verdict",
  issues: "by_issues",
  project: "by_project",
  manager: "by_manager_order",
  status: "by_status",
  cost: "by_cost",
  latency: "by_latency"
};
const selects = {};  // by facet

function optionLabel(name, value) {
  if (name === "change") return t(`c${value}`);
  if (name === "answer") return t(`answer_${value}`);
  if (name === "severity") return t(`sev${value}`);
  if (name === "rule") return value ? `${/ ^[\d.] + $ /.test(value) ? `${t("rule")} ` : ""}${value}` : t("no_rule");
  return value || (name === "manager" ? t("no_manager") : "–");
}

function option(name, value, count) {
  const text = optionLabel(name, value);
  return el("option", {value}, `${text.length > 60 ? `${text.slice(0, 59)}…` : text} (${number(count)})`);
}

// Nothing where there is nothing to choose.
function facetSelect(name) {
  const counts = new Map();
  for (const row of rows)
    for (const value of new Set(VALUES_OF[name](row))) counts.set(value, (counts.get(value) || 0) + 1);
  counts.delete("-1");
  if (name === "provider") counts.delete("");
  if (name === "answer") ["u", "s"].forEach((kind) => counts.delete(kind));
  if (counts.size < 2) return null;
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_OPTIONS);
  selects[name] =
      el("select", {
        id: `f-${name}`,
        onchange: () => {
          const {selectedIndex, value} = selects[name];
          state.chosen[name] =
              selectedIndex === 0 ? [] : [value];  // a value may be empty: the manager of a row without one
          applyState();
        }
      },
         el("option", {value: ""}, t("any")), most.map(([value, count]) => option(name, value, count)));
  return el("div", {class: "field"}, el("label", {"for": `f-${name}`}, t(LABELS[name])), selects[name]);
}

function verdictChips() {
  const counts = {v: 0, i: 0, r: 0, u: 0, s: 0};
  for (const row of rows) counts[verdictOf(row)] += 1;
  const chips =
      VERDICTS.filter((letter) => counts[letter] > 0)
          .map(
              (letter) =>
                  el("button", {
                    type: "button",
                    class: "chip",
                    "aria-pressed": "false",
                    "data-verdict": letter,
                    title: t(`${letter}_long`),
                    onclick: () => {
                      const now = new Set(state.chosen.verdict || []);
                      if (!now.delete(letter)) now.add(letter);
                      state.chosen.verdict = [...now];
                      applyState();
                    }
                  },
                     el("i", {class: `dot v-${letter}`}), `${t(letter)} `, el("b", {}, number(counts[letter])))
          );
  return el("div", {class: "chips", role: "group", "aria-label": t("verdict")}, chips);
}

// Once, when all rows are there.
function buildFilters() {
  const sort =
      el("select", {
        id: "sort",
        onchange: () => {
          state.sort = sort.value;
          applyState();
        }
      },
         Object.entries(SORT_LABELS).map(([name, label]) => el("option", {value: name}, t(label))));
  byId("controls")
      .replaceChildren(
          verdictChips(),
          el("div", {class: "fields"}, Object.keys(LABELS).map(facetSelect).filter(Boolean),
             el("div", {class: "field"}, el("label", {"for": "sort"}, t("order")), sort),
             el("button", {type: "button", id: "clear", class: "clear", onclick: clearFilters}, t("clear")))
      );
}

// Brings the controls to the state; the search only when nobody is typing in it.
function showFilters() {
  for (const chip of document.querySelectorAll(".chip"))
    chip.setAttribute("aria-pressed", String((state.chosen.verdict || []).includes(chip.dataset.verdict)));
  for (const [name, select] of Object.entries(selects)) {
    const chosen = state.chosen[name] || [];
    let index = chosen.length === 0 ? 0 : [...select.options].findIndex((one, i) => i > 0 && one.value === chosen[0]);
    if (index < 0) index = select.append(option(name, chosen[0], 0)) ?? select.options.length - 1;  // from an address
    select.selectedIndex = index;
  }
  byId("sort").value = state.sort.replace(/^-/, "");
  byId("clear").hidden = !FACETS.some((name) => (state.chosen[name] || []).length) && !state.q;
  const search = byId("search");
  if (search.value !== state.q && document.activeElement !== search) search.value = state.q;
  byId("count").textContent = t("shown", number(shown.length), number(rows.length));
}

function clearFilters() {
  Object.assign(state, {q: "", chosen: {}});
  byId("search").value = "";
  applyState();
  byId("search").focus();
}

// After every change of the state. While rows are being read there is nothing to apply it to yet.
function applyState() {
  if (!byId("sort")) return;
  chooseRows();
  showFilters();
  putHash();
  showTable(true);
}
