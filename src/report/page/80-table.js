// The rows as a table of which only what is seen exists: 100,000 rows are some thirty elements.

const ROW_HEIGHT = 54;
const MARGIN_ROWS = 8;  // above and below what is seen
let firstDrawn = -1;
let lastDrawn = -1;
let frame = 0;

function headings() {
  const columns = [
    ["number", ""], ["project", "project"], ["status", "status"], ["text", null], ["verdict", "verdict"],
    ["issues", "issues"]
  ];
  return el("tr", {"aria-rowindex": 1}, columns.map(([label, sort]) => {
    const isSorted = sort !== null && state.sort.replace(/^-/, "") === sort;
    const direction = !isSorted ? null : state.sort.startsWith("-") ? "descending" : "ascending";
    const mark = isSorted && (sort || state.sort) ? (direction === "descending" ? " ▼" : " ▲") : "";
    return el(
        "th", {scope: "col", class: label, "aria-sort": isSorted && sort ? direction : null},
        sort === null ? t(label) :
                        el("button", {
                          type: "button",
                          title: t("sort_by", t(label)),
                          "data-sort": sort,
                          onclick: () => {
                            state.sort = isSorted && sort ? (direction === "ascending" ? `-${sort}` : "") : sort;
                            applyState();
                            document.querySelector(`th button[data-sort="${sort}"]`).focus();
                          }
                        },
                           t(label), mark)
    );
  }));
}

function issuesCell(row) {
  const issues = row[F.issues];
  if (issues.length === 0) return row[F.reason] ? el("div", {class: "clamp"}, excerpt(row[F.reason])) : null;
  return el(
      "div", {class: "clamp"}, issues.length > 1 ? el("b", {}, `${issues.length} · `) : null, excerpt(issues[0][0])
  );
}

function rowElement(place) {
  const row = rows[shown[place]];
  const line = row[F.number];
  const isCurrent = line === state.row;
  const project = excerpt(row[F.identifier]);
  return el(
      "tr", {"aria-rowindex": place + 2, "data-place": place, class: isCurrent ? "current" : null},
      el("th", {scope: "row", class: "number"},
         el("a", {
           href: hashOf(state.chosen, {...state, row: line}),
           "data-row": line,
           tabindex: isCurrent ? 0 : -1,
           "aria-current": isCurrent ? "true" : null,
           "aria-label": `${t("row_n", line)}${project ? `: ${project}` : ""}`
         },
            line)),
      el("td", {class: "project"},
         row[F.manager] ?
             [el("b", {class: "line"}, project || "–"), el("small", {class: "line"}, excerpt(row[F.manager]))] :
             el("b", {class: "clamp"}, project || "–")),
      el("td", {class: "status"}, el("div", {class: "clamp"}, excerpt(row[F.status]))),
      el("td", {class: "text"}, el("div", {class: "clamp"}, excerpt(row[F.comment]))),
      el("td", {class: "verdict"}, badge(verdictOf(row)),
         row[F.change] === 1 || row[F.change] === 2 || row[F.change] === 5 ? changeBadge(row[F.change]) :
             row[F.kind] === "c" ? el("small", {class: "cached"}, t("cached_word")) :
                                   null),
      el("td", {class: "issues"}, issuesCell(row))
  );
}

const space = (height) => el("tr", {class: "space", "aria-hidden": "true"}, el("td", {style: {height: `${height}px`}}));

// `isNew`: the rows to show are others than before.
function showTable(isNew) {
  const viewport = byId("viewport");
  if (isNew) {
    firstDrawn = -1;
    const place = shown.findIndex((index) => rows[index][F.number] === state.row);
    viewport.scrollTop = place < 0 ? 0 : Math.max(0, place * ROW_HEIGHT - viewport.clientHeight / 3);
    byId("table").setAttribute("aria-rowcount", String(shown.length + 1));
    byId("head").replaceChildren(headings());
    byId("empty").hidden = shown.length > 0 || rows.length === 0;
  }
  const first = Math.max(0, Math.floor(viewport.scrollTop / ROW_HEIGHT) - MARGIN_ROWS);
  const last =
      Math.min(shown.length, Math.ceil((viewport.scrollTop + viewport.clientHeight) / ROW_HEIGHT) + MARGIN_ROWS);
  if (first === firstDrawn && last === lastDrawn) return;
  firstDrawn = first;
  lastDrawn = last;
  const hadFocus = byId("body").contains(document.activeElement);
  const lines = [];
  if (first > 0) lines.push(space(first * ROW_HEIGHT));
  for (let place = first; place < last; ++place) lines.push(rowElement(place));
  if (last < shown.length) lines.push(space((shown.length - last) * ROW_HEIGHT));
  byId("body").replaceChildren(...lines);
  if (hadFocus) (byId("body").querySelector(`a[data-row="${state.row}"]`) || viewport).focus({preventScroll: true});
}

function placeOfCurrent() {
  return shown.findIndex((index) => rows[index][F.number] === state.row);
}

// Makes a row the current one, brings it into sight and shows its details when they are open (or `opens`).
function goTo(place, opens, takesFocus) {
  if (shown.length === 0) return;
  const to = Math.min(Math.max(place, 0), shown.length - 1);
  state.row = rows[shown[to]][F.number];
  const viewport = byId("viewport");
  const head = byId("head").offsetHeight;
  const top = to * ROW_HEIGHT;
  if (top < viewport.scrollTop)
    viewport.scrollTop = top;
  else if (top + ROW_HEIGHT + head > viewport.scrollTop + viewport.clientHeight)
    viewport.scrollTop = top + ROW_HEIGHT + head - viewport.clientHeight;
  firstDrawn = -1;
  showTable(false);
  putHash();
  if (opens || isDetailOpen()) showDetail(shown[to]);
  if (isDetailOver())
    byId("detail").querySelector(".close").focus();
  else if (takesFocus)
    byId("body").querySelector(`a[data-row="${state.row}"]`).focus({preventScroll: true});
}

function tableKeys(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("th button")) return;
  const pageRows = Math.max(1, Math.floor(byId("viewport").clientHeight / ROW_HEIGHT) - 2);
  const steps = {ArrowDown: 1, ArrowUp: -1, PageDown: pageRows, PageUp: -pageRows, j: 1, k: -1};
  const current = placeOfCurrent();
  if (event.key in steps)
    goTo(current < 0 ? firstVisible() : current + steps[event.key], false, true);
  else if (event.key === "Home")
    goTo(0, false, true);
  else if (event.key === "End")
    goTo(shown.length - 1, false, true);
  else if (event.key === "Enter" && current >= 0)
    goTo(current, true, true);
  else
    return;
  event.preventDefault();
}

const firstVisible = () => Math.ceil(byId("viewport").scrollTop / ROW_HEIGHT);

function tableClick(event) {
  const line = event.target.closest("tr[data-place]");
  if (!line || event.ctrlKey || event.metaKey || event.shiftKey || String(getSelection())) return;
  event.preventDefault();
  goTo(Number(line.dataset.place), true, true);
}

function buildRows() {
  const search = el("input", {
    type: "search",
    id: "search",
    placeholder: t("search_hint"),
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => {
      clearTimeout(frame);
      frame = setTimeout(() => {
        state.q = search.value.trim();
        applyState();
      }, 90);
    }
  });
  section(
      "rows", t("rows"),
      el("div", {class: "bar-top"},
         el("div", {class: "field grow"}, el("label", {"for": "search"}, t("search")), search),
         el("button", {type: "button", onclick: saveCsv}, t("save_csv")),
         el("button", {type: "button", onclick: saveJson}, t("save_json")),
         el("button", {type: "button", onclick: () => window.print()}, t("print"))),
      el("div", {id: "controls", role: "group", "aria-label": t("filter")}),
      el("p", {class: "count"}, el("span", {id: "count", role: "status"}),
         el("span", {class: "note"}, " ", t("table_help"))),
      el("div", {class: "split", id: "split"},
         el("div", {
           id: "viewport",
           class: "viewport",
           tabindex: 0,
           role: "region",
           "aria-label": t("table_label"),
           onscroll: () => requestAnimationFrame(() => showTable(false)),
           onkeydown: tableKeys,
           onclick: tableClick
         },
            el("table", {id: "table", class: "rows", "aria-label": t("table_label")}, el("thead", {id: "head"}),
               el("tbody", {id: "body"})),
            el("p", {id: "empty", class: "note", hidden: true}, t("nothing"),
               el("button", {type: "button", onclick: clearFilters}, t("clear")))),
         el("aside", {id: "detail", "aria-label": t("details"), hidden: true})),
      el("div", {id: "print-rows"})
  );
}
