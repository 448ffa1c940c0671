// Starts the page.

const THEMES = ["auto", "light", "dark"];

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  for (const button of byId("themes").children)
    button.setAttribute("aria-pressed", String(button.dataset.theme === theme));
  try {
    localStorage.setItem("status-validator-theme", theme);
  } catch (error) { /* a file may have no storage */
  }
}

function buildFrame() {
  document.documentElement.lang = locale;
  const source = page.run.source.split("/").pop();
  document.title = t("title", source);
  byId("title").textContent = t("title", source);
  byId("subtitle").textContent = t("subtitle", day(page.run.started_ms), page.program, page.run.id);
  byId("skip").textContent = t("skip");
  byId("sections").setAttribute("aria-label", t("nav"));
  byId("sections")
      .replaceChildren(...[["overview", "overview"], page.earlier ? ["changes", "changes"] : null, ["who", "who"],
                           ["rows", "rows"], ["run-figures", "run"], ["settings", "settings"]]
                           .filter(Boolean)
                           .map(([id, label]) => el("a", {href: `#${id}`}, t(label))));
  byId("themes").setAttribute("aria-label", t("theme"));
  byId("themes").replaceChildren(...THEMES.map(
      (theme) =>
          el("button", {type: "button", "data-theme": theme, onclick: () => setTheme(theme)}, t(`theme_${theme}`))
  ));
  let theme = "auto";
  try {
    theme = localStorage.getItem("status-validator-theme") || "auto";
  } catch (error) { /* likewise */
  }
  setTheme(THEMES.includes(theme) ? theme : "auto");
}

// The address says which rows; a single row is opened.
function followHash() {
  if (!byId("sort") || !takeHash(location.hash)) return;  // rows are still being read: start() comes to it
  chooseRows();
  if (state.row && placeOfCurrent() < 0 && rows.some((row) => row[F.number] === state.row)) {
    // The link is to a row that its own filters hide: the row wins.
    state.chosen = {};
    state.q = "";
    chooseRows();
  }
  byId("search").value = state.q;
  showFilters();
  showTable(true);
  byId(state.row ? "split" : "rows").scrollIntoView();
  if (state.row && placeOfCurrent() >= 0) goTo(placeOfCurrent(), true, true);
}

function keys(event) {
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "Escape" && isDetailOpen())
    closeDetail();
  else if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey)
    byId("search").focus();
  else
    return;
  event.preventDefault();
}

function notice(text) {
  byId("notices").append(el("p", {class: "notice"}, text));
}

async function start() {
  readPage();
  page.total = Math.max(page.counts.rows, page.rows_announced);
  buildFrame();
  showNotices();
  showOverview();
  buildRows();
  showRun();
  showSettings();
  document.addEventListener("keydown", keys);
  window.addEventListener("hashchange", followHash);
  window.addEventListener("beforeprint", fillPrint);
  window.addEventListener("afterprint", () => byId("print-rows").replaceChildren());
  window.addEventListener("resize", () => showTable(false));
  if (typeof DecompressionStream === "undefined") {
    notice(t("no_deflate"));
    return;
  }
  const isAboutRows = takeHash(location.hash);
  let isFirst = true;
  const isWhole = await readRows(() => {
    byId("count").textContent = t("reading", number(rows.length), number(page.counts.rows));
    if (!isFirst) return;
    isFirst = false;
    shown = rows.map((_, index) => index);
    showTable(true);
  });
  if (!isWhole) notice(t("broken_rows"));
  buildFilters();
  chooseRows();
  showFilters();
  showTable(true);
  showChanges();
  showWho();
  if (isAboutRows)
    followHash();
  else if (location.hash)
    byId(location.hash.slice(1))?.scrollIntoView();
  document.documentElement.dataset.ready = "yes";  // all of it is there
}

start();
