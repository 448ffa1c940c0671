// The rows that are shown, as a file or on paper.

function save(text, type, ending) {
  const address = URL.createObjectURL(new Blob([text], {type}));
  el("a", {href: address, download: `${page.run.id}.${ending}`}).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// A spreadsheet must not take a text for a formula.
function csvCell(value) {
  const text = String(value);
  const safe = /^[\s\uFEFF\u200B-\u200F]*[=+\-@\t\r＝＋－＠]/.test(text) && !/^-?\d+([.,]\d+)?$/.test(text) ?
      `'${text}` :
      text;
  return `"${safe.replace(/"/g, '""')}"`;
}

function saveCsv() {
  const names = [
    "number", "project", "manager", "status", "date", "text", "verdict", "issues", "rewrite", "reason", "provider",
    "model", "change"
  ];
  const lines = [names.map((name) => t(name)).map(csvCell).join(",")];
  for (const index of shown) {
    const row = rows[index];
    const issues = row[F.issues].map(([message, rule]) => `• ${message}${rule ? ` [${rule}]` : ""}`).join("\n");
    lines.push([
      row[F.number], row[F.identifier], row[F.manager], row[F.status], row[F.date], row[F.comment], t(verdictOf(row)),
      issues, row[F.rewrite], row[F.reason], row[F.provider], row[F.model],
      row[F.change] >= 0 ? t(`c${row[F.change]}`) : ""
    ].map(csvCell).join(","));
  }
  save(`\uFEFF${lines.join("\r\n")}\r\n`, "text/csv", "csv");
}

function saveJson() {
  const list =
      shown.map((index) => Object.fromEntries(Object.entries(F).map(([name, cell]) => [name, rows[index][cell]])));
  save(JSON.stringify(list, null, 1), "application/json", "json");
}

const MOST_PRINTED = 1000;

// On paper there is no scrolling, so the rows are written out, and only the first of them.
function fillPrint() {
  const lines = shown.slice(0, MOST_PRINTED).map((index) => {
    const row = rows[index];
    return el(
        "article", {},
        el("h4", {}, `${row[F.number]} · ${row[F.identifier] || "–"}${row[F.manager] ? ` · ${row[F.manager]}` : ""}`,
           " ", badge(verdictOf(row)), changeBadge(row[F.change])),
        row[F.reason] ? el("p", {}, row[F.reason]) : null, issueList(row), texts(row)
    );
  });
  const left = shown.length - lines.length;
  byId("print-rows")
      .replaceChildren(
          el("h3", {}, t("print_rows", number(shown.length))), ...lines,
          left > 0 ? el("p", {}, t("print_more", number(left))) : ""
      );
}
