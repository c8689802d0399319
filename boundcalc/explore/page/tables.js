// Shows the best pair and the tables of all bounds.

import { offers } from "./backend.js";
import { byId, element, interval, table } from "./dom.js";

export function showBest(found) {
  const box = byId("best");
  box.setAttribute("aria-busy", String(found.closed && offers("bounds")));
  box.classList.remove("stale");
  const note = !found.closed ? "" : offers("bounds") ? "closed forms; the full report is being computed" : "closed forms alone; the full program has sharper bounds";
  if (found.kind === "relu") {
    box.replaceChildren(element("p", { class: "small" }, note), element("pre", { tabindex: "0", role: "group", "aria-label": "Floors of the loss" }, found.lines.join("\n")));
    return;
  }
  const { upper, lower, ratio } = found.best;
  const list = element("dl");
  const add = (title, text) => text && list.append(element("dt", {}, title), element("dd", {}, text));
  add("best upper bound", `${upper.value} by ${upper.key} (${upper.status})`);
  add("best lower bound", `${lower.value} by ${lower.key} (${lower.status})`);
  add("ratio, best upper over best lower", interval(ratio));
  add("gain of superposition", interval(found.best.gain));
  add("witness", found.witness);
  box.replaceChildren(
    element("p", { class: "small" }, found.problem + (note && ` — ${note}`)),
    element("p", { class: "interval" }, `${lower.value} ≤ I* ≤ ${upper.value}`),
    list,
    ...[found.best.verdict, found.best.optimality].filter(Boolean).map((line) => element("p", {}, line)),
    element("details", {}, element("summary", {}, "What follows, and what the statuses mean"), ...[...found.summary, ...found.statuses].map((line) => element("p", { class: "small" }, line))),
  );
}

const name = (one, open) =>
  offers("detail") ? element("button", { type: "button", class: "name", "data-bound": one.key, title: one.title, onclick: () => open(one.key) }, one.key) : element("span", { title: one.title }, one.key);

export function showTables(found, open) {
  const held = document.activeElement?.dataset?.bound;
  const box = byId("tables");
  if (found.kind === "relu") {
    const rows = found.floors.map((one) => ({ cells: [one.key, one.value, one.status, one.holds_for], numbers: [1] }));
    box.replaceChildren(table("Floors: no W and b have a smaller loss", ["bound", "loss at least", "status", "holds for"], rows));
    return;
  }
  const made = [];
  for (const [side, title, sign] of [["upper", "Upper bounds", "I* ≤"], ["lower", "Lower bounds", "I* ≥"]]) {
    const rows = found[side].filter((one) => one.value !== null).map((one) => ({
      best: one.best,
      cells: [name(one, open), one.section, one.value, one.status, one.best ? "best" : ""],
      numbers: [2],
    }));
    made.push(element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title }, table(title, ["bound", "section", sign, "status", "mark"], rows, (row) => (row.best ? "best" : null))));
    const missing = found[side].filter((one) => one.value === null);
    if (missing.length) {
      const items = missing.map((one) => element("li", {}, name(one, open), `: ${one.why_not}`));
      made.push(element("details", {}, element("summary", {}, `${missing.length} that do not apply, and why`), element("ul", {}, ...items)));
    }
  }
  const wasOpen = [...box.querySelectorAll("details")].map((one) => one.open);
  box.replaceChildren(...made);
  box.querySelectorAll("details").forEach((one, k) => (one.open = wasOpen[k] ?? false));
  if (held) box.querySelector(`[data-bound="${CSS.escape(held)}"]`)?.focus();
}

export function markStale() {
  const box = byId("best");
  if (box.querySelector(".interval, pre") && !box.classList.contains("stale")) {
    box.classList.add("stale");
    box.prepend(element("p", {}, "The last good answer, to other parameters than those above:"));
  }
  byId("best").setAttribute("aria-busy", "false");
}
