// Charts: plain SVG and lists. Each says in words what it shows; colour is never the only sign.

// One bar of several parts: [[class, count, label], …].
function stackedBar(parts, label) {
  const total = parts.reduce((sum, part) => sum + part[1], 0);
  return el(
      "div", {class: "stack", role: "img", "aria-label": label},
      parts.filter(
               (part) => part[1] > 0
      ).map(([name, count,
              text]) => el("span", {class: `part ${name}`, title: text, style: {flexGrow: String(count / total)}}))
  );
}

const MOST_LINES = 12;

// `list` with its first lines only, and a button for the rest.
function folded(list, lines) {
  if (lines.length <= MOST_LINES + 2) return list;
  const show = (isAll) => lines.forEach((line, i) => {
    line.hidden = !isAll && i >= MOST_LINES;
  });
  show(false);
  const button =
      el("button", {
        type: "button",
        "aria-expanded": "false",
        class: "more",
        onclick: () => {
          const isAll = button.getAttribute("aria-expanded") === "false";
          button.setAttribute("aria-expanded", String(isAll));
          button.textContent = isAll ? t("show_less") : t("show_all", number(lines.length));
          show(isAll);
        }
      },
         t("show_all", number(lines.length)));
  return el("div", {}, list, button);
}

// A list of names with bars: items {name, title, parts, note, href}, the longest as wide as the column.
function barList(items, widthOf, emptyText, kind = "") {
  if (items.length === 0) return el("p", {class: "note"}, emptyText);
  const widest = Math.max(...items.map(widthOf));
  const lines = items.map(
      (item) =>
          el("li", {},
             el("a", {href: item.href, class: "name", title: item.title || item.name}, item.name,
                item.title ? el("small", {}, " ", item.title) : null),
             el("span", {class: "bar", style: {width: `${Math.max(2, (100 * widthOf(item)) / widest)}%`}},
                stackedBar(item.parts, item.note)),
             el("span", {class: "value"}, item.note))
  );
  return folded(el("ul", {class: `bars ${kind}`}, lines), lines);
}

const WIDTH = 720;
const HEIGHT = 84;

// Columns over time: layers [{name, values}] on top of each other.
function timeChart(title, layers, titleOf, format) {
  const count = layers[0].values.length;
  const sums = layers[0].values.map((_, i) => layers.reduce((sum, layer) => sum + layer.values[i], 0));
  const top = Math.max(...sums, 0);
  const step = WIDTH / count;
  const columns = [];
  for (let i = 0; i < count; ++i) {
    let base = HEIGHT;
    for (const layer of layers) {
      const height = top > 0 ? (layer.values[i] / top) * (HEIGHT - 4) : 0;
      if (height <= 0) continue;
      base -= height;
      columns.push(
          svg("rect", {
            class: layer.name,
            x: (i * step).toFixed(2),
            y: base.toFixed(2),
            width: Math.max(0.6, step - (step > 4 ? 1 : 0)).toFixed(2),
            height: height.toFixed(2)
          },
              svg("title", {}, titleOf(i)))
      );
    }
  }
  const legend = layers.length > 1 ?
      el("span", {class: "legend"},
         layers.map((layer) => el("span", {}, el("i", {class: `dot ${layer.name}`}), layer.label))) :
      null;
  return el(
      "figure", {class: "time"},
      el("figcaption", {}, el("b", {}, title), legend, el("span", {class: "top"}, t("max", format(top)))),
      svg("svg", {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        role: "img",
        "aria-label": `${title}: ${t("max", format(top))}`,
        preserveAspectRatio: "none"
      },
          svg("line", {class: "axis", x1: 0, x2: WIDTH, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5}), columns)
  );
}

// Counts by size: classes [[upper bound, count], …]; the widths of the classes are alike on a logarithmic axis.
function histogram(title, classes, format, note) {
  if (classes.length === 0) return null;
  const highest = Math.max(...classes.map((one) => one[1]));
  const positive = classes.filter((one) => one[0] > 0);
  const place = (bound) => (bound > 0 ? Math.round(Math.log2(bound) * 2) : 0);
  const first = positive.length ? place(positive[0][0]) : 0;
  const last = positive.length ? place(positive[positive.length - 1][0]) : 0;
  const count = last - first + 1;
  const step = WIDTH / 2 / count;
  const columns = classes.map(([bound, amount]) => {
    const height = Math.max(1, (amount / highest) * (HEIGHT - 4));
    const x = (bound > 0 ? place(bound) - first : 0) * step;
    return svg(
        "rect", {
          class: "plain",
          x: x.toFixed(2),
          y: (HEIGHT - height).toFixed(2),
          width: (step - 1).toFixed(2),
          height: height.toFixed(2)
        },
        svg("title", {}, `${t("up_to", format(bound))}: ${number(amount)}`)
    );
  });
  return el(
      "figure", {class: "histogram"},
      el("figcaption", {}, el("b", {}, title), note ? el("span", {class: "note"}, " ", note) : null),
      svg("svg", {
        viewBox: `0 0 ${WIDTH / 2} ${HEIGHT}`,
        role: "img",
        "aria-label": `${title}. ${note || ""}`,
        preserveAspectRatio: "none"
      },
          svg("line", {class: "axis", x1: 0, x2: WIDTH / 2, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5}), columns),
      el("div", {class: "ends"}, el("span", {}, t("up_to", format(classes[0][0]))),
         el("span", {}, t("up_to", format(classes[classes.length - 1][0]))))
  );
}

// A share as a bar with its words.
function shareBar(title, share, note) {
  return el(
      "div", {class: "share"}, el("div", {}, el("b", {}, title), el("span", {class: "value"}, percent(share))),
      stackedBar([["plain", share, ""], ["rest", 1 - share, ""]], `${title}: ${percent(share)}`),
      el("p", {class: "note"}, note)
  );
}
