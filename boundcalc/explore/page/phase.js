// Draws the phase diagram over p and n/d, coarse tiles first.

import { ask } from "./backend.js";
import { byId, drawn, element } from "./dom.js";
import { roughly, setValue, state } from "./fields.js";

const LEVELS = [4, 8, 16];
const LOW = -6;
const HIGH = 3;
const SAID = { helps: "superposition helps, certified", none: "superposition does not help, by an upper bound", open: "not known", error: "no answer" };
let cells = new Map();
let base = "";
let cursor = [0, 0];
let onPick = () => {};

const pAt = (x) => (x >= 1 ? "1" : String(Number((10 ** (LOW * (1 - x))).toPrecision(2))));
const nAt = (y, d) => String(Math.max(1, Math.round(d * 10 ** (HIGH * y))));

export async function showPhase(signal) {
  const fields = state();
  const told = byId("phase-state");
  if (fields.activation === "relu" || fields.importance.trim() !== "") {
    told.textContent = "The phase diagram is for equal features with the activation x^m.";
    byId("phase").replaceChildren();
    return;
  }
  const rest = JSON.stringify([fields.d, fields.m, fields.law]);
  if (rest !== base) cells = new Map();
  base = rest;
  const d = roughly(fields.d);
  for (const level of LEVELS) {
    const wanted = [];
    for (let i = 0; i <= level; i += 1) for (let j = 0; j <= level; j += 1) if (!cells.has(`${i / level},${j / level}`)) wanted.push([i / level, j / level, level]);
    for (let k = 0; k < wanted.length; k += 5) {
      const part = wanted.slice(k, k + 5);
      told.textContent = `Tiles ${level + 1} × ${level + 1}: ${cells.size} known`;
      const found = await ask("cells", { fields, p: part.map(([x]) => pAt(x)), n: part.map(([, y]) => nAt(y, d)) }, signal);
      found.cells.forEach((cell, at) => cells.set(`${part[at][0]},${part[at][1]}`, { ...cell, x: part[at][0], y: part[at][1], level: part[at][2], state: cell.state ?? "error" }));
      draw();
    }
  }
  const count = (kind) => [...cells.values()].filter((cell) => cell.state === kind).length;
  told.textContent = `${cells.size} problems: superposition helps at ${count("helps")}, does not help at ${count("none")}, not known at ${count("open")}. Full reports, between them nothing is claimed.`;
}

function draw() {
  const box = byId("phase");
  const width = Math.max(260, Math.min(620, box.clientWidth));
  const height = 360;
  const [left, right, top, bottom] = [52, 12, 12, 66];
  const x = (share) => left + share * (width - left - right);
  const y = (share) => height - bottom - share * (height - top - bottom);
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, width, height, tabindex: "0", role: "application", "aria-label": "Phase diagram over p and n/d: arrow keys move, Enter chooses" });
  const clip = drawn("clipPath", { id: "phase-clip" }, drawn("rect", { x: x(0), y: y(1), width: x(1) - x(0), height: y(0) - y(1) }));
  const hatches = drawn("defs", {}, clip,
    drawn("pattern", { id: "hatch-helps", width: 8, height: 8, patternUnits: "userSpaceOnUse" }, drawn("path", { class: "hatch", d: "M0 0L8 8" })),
    drawn("pattern", { id: "hatch-none", width: 8, height: 8, patternUnits: "userSpaceOnUse" }, drawn("path", { class: "hatch", d: "M0 4h8" })));
  svg.append(hatches);
  const group = drawn("g", { "clip-path": "url(#phase-clip)" });
  for (const cell of [...cells.values()].sort((a, b) => a.level - b.level)) {
    const half = 0.5 / cell.level;
    const place = { x: x(cell.x - half), y: y(cell.y + half), width: x(2 * half) - x(0), height: y(0) - y(2 * half) };
    group.append(drawn("rect", { ...place, class: cell.state === "error" ? "open" : cell.state }));
    if (cell.state in { helps: 1, none: 1 }) group.append(drawn("rect", { ...place, fill: `url(#hatch-${cell.state})` }));
  }
  svg.append(group);
  const write = (text, px, py, anchor) => svg.append(drawn("text", { x: px, y: py, "text-anchor": anchor }, text));
  for (let e = LOW; e <= 0; e += 2) write(e === 0 ? "1" : `1e${e}`, x(1 - e / LOW), height - bottom + 16, "middle");
  for (let e = 0; e <= HIGH; e += 1) write(String(10 ** e), left - 6, y(e / HIGH) + 4, "end");
  write("n/d", left - 6, top + 22, "end");
  write("activity p", x(0.5), height - bottom + 32, "middle");
  const legend = [["helps", "helps"], ["none", "does not"], ["open", "not known"]];
  legend.forEach(([kind, text], k) => {
    const px = left + k * Math.min(150, (width - left) / 3);
    svg.append(drawn("rect", { x: px, y: height - 20, width: 14, height: 14, class: kind, stroke: "currentColor" }));
    if (kind !== "open") svg.append(drawn("rect", { x: px, y: height - 20, width: 14, height: 14, fill: `url(#hatch-${kind})` }));
    write(text, px + 18, height - 8, "start");
  });
  const marker = drawn("rect", { class: "axis", width: 12, height: 12, x: -99, y: -99, "stroke-width": 2 });
  svg.append(marker);
  const known = () => [...cells.values()];
  const visit = (px, py) => {
    const cell = known().reduce((best, one) => ((one.x - px) ** 2 + (one.y - py) ** 2 < (best.x - px) ** 2 + (best.y - py) ** 2 ? one : best));
    cursor = [cell.x, cell.y];
    marker.setAttribute("x", x(cell.x) - 6);
    marker.setAttribute("y", y(cell.y) - 6);
    const gain = cell.gain ? `, gain ${cell.gain[0]} to ${cell.gain[1]}, by ${cell.lower} and ${cell.upper} (${cell.status})` : "";
    byId("phase-point").textContent = `p = ${cell.p}, n = ${cell.n}: ${cell.error ?? SAID[cell.state]}${gain}`;
    return cell;
  };
  const choose = () => {
    const cell = visit(...cursor);
    setValue("p", cell.p);
    setValue("n", cell.n);
    onPick();
  };
  svg.addEventListener("pointermove", (event) => {
    const bounds = svg.getBoundingClientRect();
    visit((event.clientX - bounds.left - left) / (width - left - right), (height - bottom - (event.clientY - bounds.top)) / (height - top - bottom));
  });
  svg.addEventListener("click", choose);
  svg.addEventListener("keydown", (event) => {
    const step = 1 / Math.max(...known().map((cell) => cell.level));
    const move = { ArrowRight: [step, 0], ArrowLeft: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
    if (move) visit(cursor[0] + move[0], cursor[1] + move[1]);
    else if (event.key === "Enter") choose();
    else return;
    event.preventDefault();
  });
  const focused = box.querySelector("svg") === document.activeElement;
  box.replaceChildren(svg);
  if (focused) svg.focus();
}

export function setUpPhase(changed) {
  onPick = () => changed(0);
}
