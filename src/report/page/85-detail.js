// One row: what it says, what is wrong with it, and how it could read.

const isDetailOpen = () => !byId("detail").hidden;
// On a narrow screen it covers everything else, so the focus must be in it.
const isDetailOver = () => isDetailOpen() && getComputedStyle(byId("detail")).position === "fixed";

function closeDetail() {
  byId("detail").hidden = true;
  byId("split").classList.remove("open");
  const link = byId("body").querySelector(`a[data-row="${state.row}"]`);
  (link || byId("viewport")).focus({preventScroll: true});
}

function issueList(row) {
  if (row[F.issues].length === 0) return null;
  return el(
      "ol", {class: "issues"},
      row[F.issues].map(
          ([message, rule, severity, quote]) =>
              el("li", {class: `s${severity}`}, el("span", {class: "message"}, message), " ",
                 el("span", {class: `sev s${severity}`}, t(`sev${severity}`)),
                 rule ? el("a", {class: "rule", href: hashOf({rule: [rule]}), title: ruleTitle(rule)},
                           `${/ ^[\d.] + $ /.test(rule) ? `${t("rule")} ` : ""}${rule}`) :
                        null,
                 quote ? el("q", {}, quote) : null)
      )
  );
}

function texts(row) {
  const original = row[F.comment];
  const rewrite = row[F.rewrite];
  const [left, right] = rewrite ? compareTexts(original, rewrite) : [[original], []];
  const isEmpty = original.trim() === "";
  return el(
      "div", {class: "sides"},
      el("div", {}, el("h4", {}, t("original")),
         el("p", {class: "said"}, isEmpty ? el("i", {}, t("empty_text")) : left)),
      el("div", {}, el("h4", {}, t("rewrite")),
         rewrite ? el("p", {class: "said"}, right) : el("p", {class: "note"}, t("no_rewrite"))),
      !rewrite                 ? null :
          original === rewrite ? el("p", {class: "note legend-words"}, t("same_text")) :
                                 el("p", {class: "note legend-words"}, el("del", {}, t("words_gone")), " · ",
                                    el("ins", {}, t("words_new")))
  );
}

function facts(row) {
  const list = [];
  const add = (label, value) => {
    if (value !== "" && value !== null && value !== undefined) list.push(el("dt", {}, label), el("dd", {}, value));
  };
  add(t("status"), row[F.status]);
  add(t("manager"), row[F.manager]);
  add(t("date"), row[F.date]);
  if (row[F.change] >= 0) {
    add(t("change"), [
      t(`c${row[F.change]}`), row[F.change] === 5 ? "" : `, ${t(row[F.edited] ? "edited" : "not_edited")}`,
      row[F.renamed] ? `, ${t("renamed_from", row[F.renamed])}` : ""
    ].join(""));
  }
  if (row[F.provider]) add(t("provider"), `${row[F.provider]} · ${row[F.model]}`);
  if (row[F.answered]) add(t("answered"), `${moment(row[F.answered])}, ${t(`answer_${row[F.kind]}`)}`);
  if (row[F.input]) add(t("tokens"), t("tokens_of", number(row[F.input]), number(row[F.output])));
  if (row[F.requests]) add(t("requests"), number(row[F.requests]));
  if (row[F.cost] >= 0 && page.cost.length) add(t("cost"), money(row[F.cost], page.cost[0][1]));
  if (row[F.latency]) add(t("latency"), duration(row[F.latency]));
  return el("dl", {class: "facts"}, list);
}

function rowDetails(row) {
  const verdict = verdictOf(row);
  const isBare = row[F.verdict] !== "-" && !row[F.provider];
  return [
    el("p", {class: "verdict-line"}, badge(verdict, "big"), changeBadge(row[F.change]),
       el("span", {class: "note"}, t(`${verdict}_long`))),
    row[F.reason] ? el("p", {class: "notice"}, `${t("reason")}: ${row[F.reason]}`) : null,
    row[F.sourceChanged] ? el("p", {class: "notice"}, t("source_changed")) : null,
    isBare ? el("p", {class: "notice"}, t("reasons_unknown")) : null, issueList(row), texts(row), facts(row)
  ].filter(Boolean);
}

function showDetail(index) {
  const row = rows[index];
  const panel = byId("detail");
  const place = placeOfCurrent();
  const move = (by) => () => goTo(placeOfCurrent() + by, true, false);
  const link = page.run.row_link ? outwardLink(page.run.row_link + row[F.number], t("open_sheet")) : null;
  panel.replaceChildren(
      el("div", {class: "detail-head"}, el("h3", {}, row[F.identifier] || t("row_n", row[F.number])),
         el("button", {
           type: "button",
           onclick: move(-1),
           disabled: place <= 0,
           title: t("previous"),
           "aria-label": t("previous")
         },
            "↑"),
         el("button", {
           type: "button",
           onclick: move(1),
           disabled: place >= shown.length - 1,
           title: t("next"),
           "aria-label": t("next")
         },
            "↓"),
         el("button",
            {type: "button", class: "close", onclick: closeDetail, title: t("close"), "aria-label": t("close")}, "✕")),
      el("p", {class: "note"}, el("a", {href: `#row-${row[F.number]}`, title: t("link")}, t("row_n", row[F.number])),
         link ? [" · ", link] : null),
      ...rowDetails(row)
  );
  panel.hidden = false;
  panel.scrollTop = 0;
  byId("split").classList.add("open");
}
