// Elements are made here and nowhere else. Texts become text nodes, never HTML: the policy of the page forbids the
// rest (require-trusted-types-for), and whatever a cell or a model says is only ever read.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on"))
      element.addEventListener(name.slice(2), value);
    else if (name === "style")
      Object.assign(element.style, value);
    else
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
  );
  return element;
}

const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const byId = (id) => document.getElementById(id);

// Only the sheet's own address is ever a link outwards, and only over https.
function outwardLink(address, text) {
  if (!address.startsWith("https://")) return null;
  return el("a", {href: address, rel: "noopener noreferrer", target: "_blank", class: "out"}, text, " ↗");
}

// What two lines of a cell can show, and more: a browser lays out all of a text before it hides what is too much,
// and of a megabyte without a space that takes minutes. The details have the whole.
const MOST_SHOWN = 400;
const excerpt = (text) => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);

const badge = (verdict, extra = "") =>
    el("span", {class: `badge v-${verdict} ${extra}`, title: t(`${verdict}_long`)}, t(verdict));
const changeBadge = (change) =>
    (change >= 0 ? el("span", {class: `change c${change}`, title: t(`c${change}_long`)}, t(`c${change}`)) : null);

// A heading with its section's id, and what stands below it.
function section(id, title, ...children) {
  const target = byId(id);
  target.hidden = false;
  target.replaceChildren(
      el("h2", {id: target.getAttribute("aria-labelledby")}, title), ...children.flat(Infinity).filter(Boolean)
  );
}

// A table of figures: the first column names, the others are numbers.
function table(headings, lines) {
  const head = el("tr", {}, headings.map((text, i) => el("th", {scope: "col", class: i ? "figure" : null}, text)));
  const body = lines.map(
      (cells) => el("tr", {}, cells.map((cell, i) => el(i ? "td" : "th", i ? {class: "figure"} : {scope: "row"}, cell)))
  );
  return el(
      "div", {class: "scroll", tabindex: 0, role: "region", "aria-label": headings[0]},
      el("table", {}, el("thead", {}, head), el("tbody", {}, body))
  );
}

function foldedTable(headings, lines) {
  const whole = table(headings, lines);
  return folded(whole, [...whole.querySelectorAll("tbody tr")]);
}
