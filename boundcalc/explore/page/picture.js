// Draws weights: Gram matrix, vectors of up to three dimensions, inner products and capacities.

import { bars, drawn, element, table } from "./dom.js";

const SIZE = 260;

function gram(matrix) {
  const n = matrix.length;
  const cell = Math.max(1, Math.floor(SIZE / n));
  const canvas = element("canvas", { role: "img", "aria-label": `Gram matrix of ${n} features, entries over the greatest diagonal entry; ${spread(matrix)}` });
  canvas.width = canvas.height = cell * n;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const [zero, plus, minus] = dark ? [[20, 23, 27], [127, 188, 245], [255, 171, 107]] : [[255, 255, 255], [10, 92, 168], [180, 67, 10]];
  const context = canvas.getContext("2d");
  context.strokeStyle = dark ? "white" : "black";
  matrix.forEach((row, i) => row.forEach((entry, j) => {
    const full = entry >= 0 ? plus : minus;
    const share = Math.min(1, Math.abs(entry));
    context.fillStyle = `rgb(${zero.map((from, c) => Math.round(from + (full[c] - from) * share)).join(" ")})`;
    context.fillRect(cell * j, cell * i, cell, cell);
    if (entry < 0 && cell >= 5) context.strokeRect(cell * (j + 0.3), cell * (i + 0.5), cell * 0.4, 0);
  }));
  const told = element("p", { class: "small" }, spread(matrix));
  canvas.addEventListener("pointermove", (event) => {
    const bounds = canvas.getBoundingClientRect();
    const [i, j] = [event.clientY - bounds.top, event.clientX - bounds.left].map((at) => Math.max(0, Math.min(n - 1, Math.floor((at / bounds.width) * n))));
    told.textContent = `features ${i} and ${j}: ${matrix[i][j]}`;
  });
  canvas.addEventListener("pointerleave", () => (told.textContent = spread(matrix)));
  const legend = element("p", { class: "small" }, cell >= 5 ? "blue positive, orange with a dash negative" : "blue positive, orange negative; the number is below a cell that is pointed at");
  return element("div", {}, element("h3", {}, "Gram matrix"), canvas, legend, told, n <= WRITTEN ? entries(matrix) : null);
}

const WRITTEN = 16;

function entries(matrix) {
  const rows = matrix.map((row, i) => ({ cells: [String(i), ...row.map(String)] }));
  return element("details", {}, element("summary", {}, "Its entries"), element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Entries of the Gram matrix" }, table("Entries over the greatest diagonal entry", ["feature", ...matrix.map((_, j) => String(j))], rows)));
}

function spread(matrix) {
  let [least, most] = [Infinity, -Infinity];
  matrix.forEach((row, i) => row.forEach((entry, j) => {
    if (i !== j) [least, most] = [Math.min(least, entry), Math.max(most, entry)];
  }));
  return matrix.length > 1 ? `off the diagonal from ${least} to ${most}` : "one feature";
}

function vectors(list) {
  const d = list[0].length;
  const box = element("div");
  const svg = drawn("svg", { viewBox: "-1.2 -1.2 2.4 2.4", width: SIZE, height: SIZE, role: "img", "aria-label": `${list.length} vectors in ${d} dimensions over the longest` });
  const paint = (angle) => {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    svg.replaceChildren(drawn("circle", { cx: 0, cy: 0, r: 1, class: "grid", fill: "none", "stroke-width": 0.008 }));
    for (const [a, b = 0, z = 0] of list) {
      const x = d < 3 ? a : a * c - b * s;
      const y = d < 3 ? b : 0.35 * (a * s + b * c) + 0.94 * z;
      svg.append(drawn("line", { x1: 0, y1: 0, x2: x, y2: -y, class: "upper" }), drawn("circle", { cx: x, cy: -y, r: 0.03, class: "upper-mark" }));
    }
    for (const line of svg.querySelectorAll("line")) line.style.strokeWidth = "0.02px";
  };
  paint(0.5);
  box.append(element("h3", {}, "Vectors"), svg);
  if (d === 3) {
    const turn = element("input", { type: "range", min: "0", max: "63", value: "5", "aria-label": "turn the vectors" });
    turn.addEventListener("input", () => paint(Number(turn.value) / 10));
    box.append(turn);
  }
  return box;
}

export function picture(found) {
  const parts = [];
  if (found.gram) parts.push(gram(found.gram));
  else parts.push(element("p", { class: "small" }, `The Gram matrix is drawn up to ${found.most_drawn} features; here there are ${found.n}.`));
  if (found.vectors) parts.push(vectors(found.vectors));
  if (found.products && found.n > 1) parts.push(bars("Inner products of unit vectors, pairs", found.products));
  if (found.capacities) parts.push(bars("Capacities a²/q, features", found.capacities));
  return element("div", { class: "two" }, ...parts);
}
