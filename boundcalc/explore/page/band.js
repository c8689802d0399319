// Draws the certified band between the best lower and the best upper bound along one parameter.

import { ask, offers } from "./backend.js";
import { byId, drawn, element, table } from "./dom.js";
import { roughly, setValue, state } from "./fields.js";

const HEIGHT = 300;
const PANEL = 84; // of the ratio, below
const MARGIN = { left: 58, right: 14, top: 12, bottom: 44 };
let points = new Map();
let axis = "p";
let base = "";
let cursor = null;
let onPick = () => {};

const short = (value) => (value >= 1e-4 && value < 1e6 ? String(Number(value.toPrecision(3))) : value.toExponential(1).replace("+", "").replace(".0", ""));

function values(fields) {
  const here = roughly(fields[axis]);
  let found;
  if (axis === "p") {
    const least = Math.min(1e-6, Number.isFinite(here) && here > 0 ? here / 100 : 1e-6);
    const low = Math.max(-300, Math.floor(Math.log10(least)));
    found = Array.from({ length: 33 }, (_, k) => (k === 32 ? "1" : (10 ** (low - (low * k) / 32)).toPrecision(2))).map((text) => String(Number(text)));
  } else {
    const d = roughly(fields.d);
    const [from, to] = axis === "d" ? [1, Math.max(16, 2 * here || 16)] : [Math.max(1, d || 1), Math.max(1000 * (d || 1), Number.isFinite(here) ? 10 * here : 0)];
    found = Array.from({ length: 25 }, (_, k) => String(Math.round(from * (to / from) ** (k / 24))));
  }
  if (Number.isFinite(here) && here > 0) found.push(fields[axis].trim());
  return [...new Set(found)].sort((a, b) => roughly(a) - roughly(b));
}

const order = (list) => {
  const found = [];
  for (let step = 8; step >= 1; step /= 2) for (let k = 0; k < list.length; k += step) if (!found.includes(list[k])) found.push(list[k]);
  return found;
};

export async function showBand(signal) {
  axis = byId("axis").value;
  const fields = state();
  const section = byId("band-section");
  section.hidden = fields.activation === "relu";
  if (section.hidden) return;
  const rest = JSON.stringify({ ...fields, [axis]: "", axis });
  if (rest !== base) points = new Map();
  base = rest;
  const list = values(fields);
  const wanted = list.filter((value) => !points.has(value));
  const told = byId("band-state");
  const take = (found) => {
    for (const point of found.points) if (!point.error) points.set(point.at, { ...point, closed: found.closed });
    draw();
  };
  if (wanted.length) {
    told.textContent = "closed forms first";
    take(await ask("points", { fields, axis, values: wanted, closed: true }, signal));
  }
  draw();
  if (offers("bounds")) {
    const rough = order(list).filter((value) => points.get(value)?.closed);
    for (let k = 0; k < rough.length; k += 3) {
      told.textContent = `full reports: ${list.length - rough.length + k} of ${list.length}`;
      take(await ask("points", { fields, axis, values: rough.slice(k, k + 3) }, signal));
    }
  }
  told.textContent = offers("bounds") ? "every point is a full report" : "closed forms alone";
  showTable();
}

function showTable() {
  const rows = shown().map((point) => ({
    cells: [point.at, point.lower.value, point.lower.key, point.upper.value, point.upper.key, point.ratio[1]],
    numbers: [1, 3, 5],
  }));
  byId("band-table").replaceChildren(table(`Best bounds against ${axis}`, [axis, "I* ≥", "by", "I* ≤", "by", "ratio at most"], rows));
}

const shown = () => [...points.values()].sort((a, b) => roughly(a.at) - roughly(b.at));

const said = (point) =>
  `${axis} = ${point.at}: ${point.lower.value} by ${point.lower.key} (${point.lower.status}) ≤ I* ≤ ${point.upper.value} by ${point.upper.key} (${point.upper.status}), ratio at most ${point.ratio[1]}${point.closed ? ", closed forms" : ""}`;

export function draw() {
  const box = byId("band");
  const list = shown();
  if (list.length < 2) {
    box.replaceChildren(element("p", { class: "small" }, "The band is drawn once two of its values are known."));
    return;
  }
  const width = Math.max(260, box.clientWidth);
  const x0 = Math.log10(roughly(list[0].at));
  const x1 = Math.log10(roughly(list.at(-1).at));
  const top = Math.max(1.5, ...list.map((point) => Math.min(point.over[0], 1e12))) * 1.1;
  const low = Math.min(1, ...list.map((point) => point.over[1])) * 0.92;
  const x = (at) => MARGIN.left + ((Math.log10(roughly(at)) - x0) / (x1 - x0)) * (width - MARGIN.left - MARGIN.right);
  const y = (over) => HEIGHT - MARGIN.bottom - (Math.log(Math.min(over, top) / low) / Math.log(top / low)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${HEIGHT + PANEL}`, width, height: HEIGHT + PANEL, tabindex: "0", role: "slider", "aria-label": `Point of the band against ${axis}: arrow keys move, Enter chooses`, "aria-valuemin": "0", "aria-valuemax": String(list.length - 1) });
  const label = (at, text, anchor, px, py) => svg.append(drawn("text", { x: px, y: py, "text-anchor": anchor }, text));
  const levels = [1, 1.2, 1.5, 2, 3, 5, 10, 20, 50, 100, 1e3, 1e4, 1e5, 1e6, 1e8, 1e10].filter((level) => level >= low && level <= top);
  const spaced = levels.filter((level, k) => k === 0 || y(levels[k - 1]) - y(level) > 15 || levels.length < 8);
  for (const level of spaced) {
    svg.append(drawn("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(level), y2: y(level) }));
    label("", short(level), "end", MARGIN.left - 6, y(level) + 4);
  }
  const decades = Math.max(1, Math.ceil((x1 - x0) / Math.max(2, Math.floor(width / 90))));
  for (let e = Math.ceil(x0 - 1e-9); e <= x1 + 1e-9; e += decades) {
    const at = String(Number(`1e${e}`));
    svg.append(drawn("line", { class: "grid", x1: x(at), x2: x(at), y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }));
    label("", short(Number(`1e${e}`)), "middle", x(at), HEIGHT - MARGIN.bottom + 16);
  }
  label("", `${{ p: "activity p", d: "dimensions d", n: "features n" }[axis]}; I* over the orthonormal basis`, "start", MARGIN.left, HEIGHT - 8);
  const path = (side, back = false) => (back ? [...list].reverse() : list).map((point) => `${x(point.at).toFixed(1)},${y(point.over[side]).toFixed(1)}`).join(" ");
  svg.append(drawn("polygon", { class: "band", points: `${path(0)} ${path(1, true)}` }), drawn("polyline", { class: "upper", points: path(0) }), drawn("polyline", { class: "lower", points: path(1) }));
  for (const point of list) {
    const [px, up, down] = [x(point.at), y(point.over[0]), y(point.over[1])];
    svg.append(drawn("path", { class: "upper-mark", d: `M${px - 4} ${up - 6}h8l-4 6z` }), drawn("path", { class: "lower-mark", d: `M${px - 4} ${down + 6}h8l-4 -6z` }));
  }
  drawRatio(svg, list, x, width, label);
  const bottom = HEIGHT + PANEL - 8;
  const here = roughly(state()[axis]);
  if (Number.isFinite(here) && here > 0) {
    const px = x(state()[axis]);
    svg.append(drawn("line", { class: "chosen", x1: px, x2: px, y1: MARGIN.top, y2: bottom }));
  }
  const line = drawn("line", { class: "cursor", x1: -9, x2: -9, y1: MARGIN.top, y2: bottom });
  svg.append(line);
  const visit = (k) => {
    cursor = Math.max(0, Math.min(list.length - 1, k));
    const point = list[cursor];
    line.setAttribute("x1", x(point.at));
    line.setAttribute("x2", x(point.at));
    svg.setAttribute("aria-valuenow", String(cursor));
    svg.setAttribute("aria-valuetext", said(point));
    byId("band-point").textContent = said(point);
  };
  const first = cursor ?? list.findIndex((point) => point.at === state()[axis].trim());
  svg.setAttribute("aria-valuenow", String(Math.max(0, Math.min(first, list.length - 1))));
  svg.setAttribute("aria-valuetext", said(list[Math.max(0, Math.min(first, list.length - 1))]));
  svg.addEventListener("pointermove", (event) => {
    const px = event.clientX - svg.getBoundingClientRect().left;
    visit(list.reduce((best, point, k) => (Math.abs(x(point.at) - px) < Math.abs(x(list[best].at) - px) ? k : best), 0));
  });
  svg.addEventListener("click", () => cursor !== null && pick(list[cursor].at));
  svg.addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -list.length, End: list.length, PageUp: 5, PageDown: -5 }[event.key];
    if (move !== undefined) visit((cursor ?? Math.max(0, first)) + move);
    else if (event.key === "Enter" && cursor !== null) pick(list[cursor].at);
    else return;
    event.preventDefault();
  });
  const focused = box.querySelector("svg") === document.activeElement;
  box.replaceChildren(svg);
  if (focused) svg.focus();
}

// The ratio of the best two bounds, on the same axis.
function drawRatio(svg, list, x, width, label) {
  const ratios = list.map((point) => point.over[0] / point.over[1]);
  const most = Math.max(1.01, Math.min(Math.max(...ratios), 1e12));
  const [high, low] = [HEIGHT + 18, HEIGHT + PANEL - 8];
  const y = (ratio) => low - (Math.log(Math.min(ratio, most)) / Math.log(most)) * (low - high);
  for (const level of [1, most]) svg.append(drawn("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(level), y2: y(level) }));
  label("", "1", "end", MARGIN.left - 6, low + 4);
  label("", short(most), "end", MARGIN.left - 6, high + 4);
  label("", "ratio, best upper over best lower", "start", MARGIN.left, HEIGHT + 11);
  svg.append(drawn("polyline", { class: "ratio", points: list.map((point, k) => `${x(point.at).toFixed(1)},${y(ratios[k]).toFixed(1)}`).join(" ") }));
}

function pick(at) {
  setValue(axis, at);
  onPick();
}

export function setUpBand(changed, redraw) {
  onPick = () => changed(0);
  byId("axis").addEventListener("change", redraw);
  new ResizeObserver(() => points.size > 1 && draw()).observe(byId("band"));
}
