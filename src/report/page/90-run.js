// What an engineer reads: how the run went, what it asked, and with which settings.

function timeLine() {
  const {step_ms: step, slices} = page.time_line;
  if (slices.length === 0) return el("p", {class: "note"}, t("no_requests"));
  const when = (i) => duration(i * step);
  const rate = (value) => rounded(value, 3);
  const perSecond = slices.map((slice) => (slice[0] / step) * 1000);
  const inFlight = slices.map((slice) => slice[3] / step);
  const charts = [
    timeChart(t("throughput"), [{name: "plain", values: perSecond}], (i) => `${when(i)}: ${rate(perSecond[i])}`, rate),
    timeChart(t("in_flight"), [{name: "second", values: inFlight}], (i) => `${when(i)}: ${rate(inFlight[i])}`, rate),
    timeChart(
        t("trouble"),
        [
          {name: "s2", label: t("limited"), values: slices.map((slice) => slice[2])},
          {name: "s1", label: t("failures"), values: slices.map((slice) => slice[1] - slice[2])}
        ],
        (i) => `${when(i)}: ${t("failures")} ${slices[i][1]}, 429 ${slices[i][2]}`, number
    )
  ];
  if (page.knows_waits) {
    const layers = page.wait_names
                       .map((label, reason) => ({
                              name: `w${reason}`,
                              label,
                              values: slices.map((slice) => (slice[4] ? slice[5][reason] / slice[4] : 0))
                            }))
                       .filter((layer) => layer.values.some((value) => value > 0));
    if (layers.length) {
      charts.push(timeChart(
          t("waiting"),
          layers.length === 1 ? [...layers, {name: "none", label: "", values: slices.map(() => 0)}].slice(0, 2) :
                                layers,
          (i) => `${when(i)}: ${layers.map((layer) => `${layer.label} ${rate(layer.values[i])}`).join(", ")}`, rate
      ));
    }
  }
  return el(
      "div", {class: "times"}, charts,
      el("div", {class: "ends"}, el("span", {}, moment(page.run.last_started_ms)),
         el("span", {}, t("per_step", duration(step))), el("span", {}, `+ ${duration(slices.length * step)}`))
  );
}

function distributions() {
  const [p50, p95, p99, longest] = page.latency;
  const currency = page.cost.length ? page.cost[0][1] : "USD";
  return el(
      "div", {class: "two"},
      histogram(
          t("latency_dist"), page.latencies, duration,
          t("median", duration(p50), duration(p95), duration(p99), duration(longest))
      ),
      histogram(t("cost_dist"), page.costs, (amount) => money(amount, currency), "")
  );
}

function caches() {
  const {counts, tokens} = page;
  const answered = counts.judged + counts.cached;
  return el(
      "div", {class: "two"},
      answered ?
          shareBar(
              t("local_cache"), counts.cached / answered, t("local_cache_note", number(counts.cached), number(answered))
          ) :
          null,
      tokens[0] ?
          shareBar(
              t("provider_cache"), tokens[1] / tokens[0], t("provider_cache_note", number(tokens[1]), number(tokens[0]))
          ) :
          null
  );
}

function providers() {
  if (page.providers.length === 0) return null;
  return table(
      [
        t("provider"), t("model"), t("requests"), t("failures"), t("tokens"), t("prompt_cache"), t("cost"), t("p50"),
        "p95"
      ],
      page.providers.map(
          (one) =>
              [one.name, one.model, number(one.requests), number(one.failures), number(one.tokens[0] + one.tokens[2]),
               one.tokens[0] ? percent(one.tokens[1] / one.tokens[0]) : "–",
               one.cost.length ? costs(one.cost) : t("unknown"), duration(one.latency[0]), duration(one.latency[1])]
      )
  );
}

function showRun() {
  const errors = page.errors.length ?
      [
        el("h3", {}, t("errors")),
        el("ul", {class: "errors"},
           page.errors.map(
               ([kind, text, count]) =>
                   el("li", {}, el("b", {}, number(count)), " ", text,
                      text === kind ? null : el("small", {}, ` ${kind}`))
           )),
        el("p", {class: "note"}, t("retried"))
      ] :
      [];
  if (page.requests === 0) {
    section("run-figures", t("run"), el("p", {class: "note"}, t("no_requests")), caches());
    return;
  }
  section(
      "run-figures", t("run"), el("h3", {}, t("time_line")), timeLine(), el("h3", {}, t("distributions")),
      distributions(), el("h3", {}, t("caches")), caches(), el("h3", {}, t("providers")), providers(), errors
  );
}

function showSettings() {
  const pairs = (list) =>
      el("dl", {class: "pairs"}, list.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
  section(
      "settings", t("settings"), pairs([
        [t("source"), page.run.source], [t("target"), page.run.target || "–"], [t("program"), page.program],
        ["run", page.run.id]
      ]),
      el("details", {}, el("summary", {}, t("configuration")), el("p", {class: "note"}, t("no_secrets")),
         pairs(page.settings)),
      el("details", {}, el("summary", {}, t("hashes")), pairs(page.hashes)),
      el("details", {}, el("summary", {}, t("rulebook")), el("pre", {tabindex: 0}, page.rules))
  );
  byId("footer").textContent = t("made", moment(page.made_ms), page.program);
}
