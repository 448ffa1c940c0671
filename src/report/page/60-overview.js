// What a manager reads: how many rows are right, what it cost, what has changed, who and which rule.

function tile(label, value, ...notes) {
  return el(
      "div", {class: "tile"}, el("dt", {}, label), el("dd", {}, value),
      notes.filter(Boolean).map((note) => el("dd", {class: "note"}, note))
  );
}

const notReached = () => Math.max(0, page.total - page.counts.rows);

function verdictParts(counts) {
  return [
    ["v-v", counts.valid, t("v")], ["v-i", counts.invalid, t("i")], ["v-r", counts.review, t("r")],
    ["v-u", counts.unjudged, t("u")], ["v-s", counts.skipped, t("s")], ["v-n", notReached(), t("n")]
  ];
}

function headline(counts) {
  const judged = counts.valid + counts.invalid + counts.review;
  const said =
      [judged ? t("headline", number(counts.valid), number(judged), percent(counts.valid / judged)) :
                t("headline_none")];
  if (counts.invalid) said.push(t("headline_i", number(counts.invalid)));
  if (counts.review) said.push(t("headline_r", number(counts.review)));
  if (counts.unjudged) said.push(t("headline_u", number(counts.unjudged)));
  if (notReached()) said.push(t("headline_n", number(notReached())));
  return said.join(" ");
}

function costTile() {
  const judged = page.counts.judged;
  if (page.requests === 0 && page.batch_rows === 0) return tile(t("cost"), "0", t("free"));
  if (page.cost.length === 0)
    return tile(t("cost"), t("unknown"), page.unpriced ? t("unpriced", number(page.unpriced)) : null);
  const per = page.cost.length === 1 && judged ?
      t("per_1000", money((page.cost[0][0] / judged) * 1000, page.cost[0][1])) :
      null;
  return tile(t("cost"), costs(page.cost), per, page.unpriced ? t("unpriced", number(page.unpriced)) : null);
}

function lengthOfRun() {
  const end = page.run.ended_ms || page.run.last_started_ms + page.time_line.slices.length * page.time_line.step_ms;
  return Math.max(0, end - page.run.last_started_ms);
}

function tiles() {
  const {counts, tokens} = page;
  const time = lengthOfRun();
  const failures = page.requests - page.answers - page.open;
  return el(
      "dl", {class: "tiles"}, costTile(),
      tile(
          t("answers"), number(counts.judged + counts.cached + counts.decided), t("judged_now", number(counts.judged)),
          t("from_cache", number(counts.cached)), counts.decided ? t("by_checks", number(counts.decided)) : null
      ),
      tile(
          t("duration"), duration(time),
          page.answers && time ? t("speed", rounded((page.answers / time) * 1000, 3)) : null
      ),
      page.batch_rows ? tile(t("batches"), number(page.batch_rows), t("batches_note")) : null,
      page.requests ? tile(
                          t("requests"), number(page.requests), failures ? t("failed", number(failures)) : null,
                          page.open ? t("open_requests", number(page.open)) : null
                      ) :
                      null,
      tokens[0] ? tile(t("prompt_cache"), percent(tokens[1] / tokens[0]), t("prompt_cache_of", number(tokens[0]))) :
                  null
  );
}

function showOverview() {
  const parts = verdictParts(page.counts);
  const keys = el("ul", {class: "keys"}, parts.filter((part) => part[1] > 0).map(([name, count, label]) => {
    const letter = name.slice(2);
    const text = [el("i", {class: `dot ${name}`}), el("b", {}, number(count)), " ", label];
    return el(
        "li", {},
        letter === "n" ? el("span", {}, text) :
                         el("a", {href: hashOf({verdict: [letter]}), title: t(`${letter}_long`)}, text)
    );
  }));
  section(
      "overview", t("overview"), el("p", {class: "headline"}, headline(page.counts)),
      stackedBar(parts, headline(page.counts)), keys, tiles()
  );
}

function showNotices() {
  const said = [];
  const state = page.run.state;
  if (state !== "finished") {
    const text = [t(`state_${state}`)];
    if (page.run.stopped_because) text.push(t("stopped_because", page.run.stopped_because));
    if (notReached()) text.push(t("reached", number(page.counts.rows), number(page.total)));
    said.push(text.join(" "));
  }
  if (page.run.processes > 1) said.push(t("earlier_processes", page.run.processes));
  if (page.made_later)
    said.push([t("made_later"), ...page.gaps.map(([gap, count]) => t(`gap_${gap}`, number(count)))].join(" "));
  else
    said.push(...page.gaps.map(([gap, count]) => t(`gap_${gap}`, number(count))));
  byId("notices").replaceChildren(...said.map((text) => el("p", {class: "notice"}, text)));
}

// ---- changes ----

function changesByManager() {
  const managers = new Map();
  const of = (name) => {
    if (!managers.has(name)) managers.set(name, {name, counts: [0, 0, 0, 0, 0, 0, 0]});
    return managers.get(name).counts;
  };
  for (const row of rows)
    if (row[F.change] >= 0) of(row[F.manager])[row[F.change]] += 1;
  for (const row of page.earlier.gone) of(row[2])[6] += 1;
  return [...managers.values()].sort(
      (a, b) => b.counts[1] - a.counts[1] || b.counts[3] - a.counts[3] || a.name.localeCompare(b.name, locale)
  );
}

const SHOWN_GONE = 200;

function goneRows() {
  const {gone} = page.earlier;
  if (gone.length === 0) return null;
  const lines = gone.slice(0, SHOWN_GONE)
                    .map(
                        ([line, name, manager, verdict]) =>
                            el("li", {}, name || t("row_n", line), manager ? ` · ${manager}` : "", " ",
                               badge(verdict === "-" ? "u" : verdict))
                    );
  return el(
      "details", {class: "gone"}, el("summary", {}, t("gone_rows", number(gone.length))), el("ul", {}, lines),
      gone.length > SHOWN_GONE ? el("p", {}, t("and_more", number(gone.length - SHOWN_GONE))) : null
  );
}

function showChanges() {
  if (!page.earlier) return;
  const totals = [0, 0, 0, 0, 0, 0, page.earlier.gone.length];
  let untouched = 0;
  for (const row of rows) {
    if (row[F.change] < 0) continue;
    totals[row[F.change]] += 1;
    if (row[F.change] === 3 && !row[F.edited]) untouched += 1;
  }
  const cards =
      [1, 2, 3, 4, 5, 6, 0].filter((change) => totals[change] > 0 || (change > 0 && change < 4)).map((change) => {
        const inner = [
          el("b", {}, number(totals[change])), el("span", {}, t(`c${change}`)), el("small", {}, t(`c${change}_long`)),
          change === 3 && untouched ? el("small", {}, t("untouched", number(untouched))) : null
        ];
        return el(
            "li", {class: `c${change}`},
            change === 6 || !totals[change] ? el("span", {class: "card"}, inner) :
                                              el("a", {class: "card", href: hashOf({change: [String(change)]})}, inner)
        );
      });
  const managers = page.columns.manager ? changesByManager() : [];
  const columns = [1, 2, 3, 4, 5, 6];
  section(
      "changes", t("changes"), el("p", {}, t("since", moment(page.earlier.started_ms))),
      page.earlier.asked_the_same ? null : el("p", {class: "notice"}, t("since_other")),
      el("ul", {class: "cards"}, cards), goneRows(),
      managers.length ? foldedTable(
                            [t("manager"), ...columns.map((change) => t(`c${change}`))],
                            managers.map(
                                ({name, counts}) =>
                                    [el("a", {href: hashOf({manager: [name]})}, name || t("no_manager")),
                                     ...columns.map((change) => (counts[change] ? number(counts[change]) : "–"))]
                            )
                        ) :
                        null
  );
}

// ---- managers and rules ----

function countBy(namesOf) {
  const found = new Map();
  rows.forEach((row) => {
    for (const name of new Set(namesOf(row))) {
      if (!found.has(name)) found.set(name, {name, total: 0, v: 0, i: 0, r: 0, u: 0, s: 0});
      const counts = found.get(name);
      counts.total += 1;
      counts[verdictOf(row)] += 1;
    }
  });
  return [...found.values()];
}

function managerBars() {
  const items = countBy((row) => [row[F.manager]])
                    .sort((a, b) => b.i + b.r - (a.i + a.r) || b.total - a.total)
                    .map((counts) => ({
                           name: counts.name || t("no_manager"),
                           width: counts.total,
                           href: hashOf({manager: [counts.name]}),
                           note: t("not_valid_of", number(counts.i + counts.r), number(counts.total)),
                           parts: [
                             "i", "r", "v", "u", "s"
                           ].map((letter) => [`v-${letter}`, counts[letter], `${t(letter)}: ${number(counts[letter])}`])
                         }));
  return barList(items, (item) => item.width, t("no_manager"));
}

function ruleBars() {
  const found = new Map();
  for (const row of rows) {
    for (const [, rule, severity] of row[F.issues]) {
      const name = rule || "";
      if (!found.has(name)) found.set(name, [0, 0, 0]);
      found.get(name)[severity] += 1;
    }
  }
  const sum = (counts) => counts[0] + counts[1] + counts[2];
  const items = [...found].sort(
                              (a, b) => sum(b[1]) - sum(a[1])
  ).map(([name, counts]) => ({
          name: name ? (/^[\d.]+$/.test(name) ? `${t("rule")} ${name}` : name) : t("no_rule"),
          title: name ? ruleTitle(name) : "",
          width: sum(counts),
          href: hashOf({rule: [name]}),
          note: t("issues_n", number(sum(counts))),
          parts: [
            2, 1, 0
          ].map((severity) => [`s${severity}`, counts[severity], `${t(`sev${severity}`)}: ${number(counts[severity])}`])
        }));
  return barList(items, (item) => item.width, t("no_issues"), "rules");
}

function showWho() {
  const severities =
      el("span", {class: "legend"},
         [2, 1, 0].map((severity) => el("span", {}, el("i", {class: `dot s${severity}`}), t(`sev${severity}`))));
  section(
      "who", t("who"),
      el("div", {class: "two"},
         page.columns.manager ? el("div", {}, el("h3", {}, t("by_manager")), managerBars()) : null,
         el("div", {}, el("h3", {}, t("by_rule"), " ", severities), ruleBars())),
      page.earlier ? null : el("p", {class: "note"}, t("first_run"))
  );
}
