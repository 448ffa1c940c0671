// What `tmux capture-pane -e -p` gives, as a page: text and the eight colours, nothing else.
import {readFileSync} from "node:fs";

const colors = {
  31: "#f2777a",
  32: "#99cc99",
  33: "#ffcc66"
};
const text = readFileSync(0, "utf8").replace(/\n+$/, "");
let html = "";
let isOpen = false;
for (const part of text.split(/(\x1b\[[0-9;]*m)/)) {
  const codes = /^\x1b\[([0-9;]*)m$/.exec(part);
  if (!codes) {
    html += part.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    continue;
  }
  if (isOpen) html += "</span>";
  const color = codes[1].split(";").map((code) => colors[code]).find(Boolean);
  if (color) html += `<span style="color:${color}">`;
  isOpen = Boolean(color);
}
if (isOpen) html += "</span>";
process.stdout.write(`<!doctype html><meta charset="utf-8"><style>
body { margin: 0; background: #1e2127; }
pre { margin: 0; padding: 20px; color: #d3d6da; font: 15px/20px "DejaVu Sans Mono", monospace; }
</style><pre>${html}</pre>`);
