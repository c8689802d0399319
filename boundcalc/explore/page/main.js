// Runs the page: a change of a field asks for closed forms at once and for the full report; what is superseded is given up.

import { about, ask, offers } from "./backend.js";
import { setUpBand, showBand } from "./band.js";
import { showDetail } from "./detail.js";
import { byId } from "./dom.js";
import { address, commandLine, readAddress, setUp, showError, state } from "./fields.js";
import { reread, setUpFiles } from "./files.js";
import { setUpPhase, showPhase } from "./phase.js";
import { markStale, showBest, showTables } from "./tables.js";
import { showWitness } from "./witness.js";

const SETTLED = 120; // milliseconds without a change before the full report is asked for
const PATIENCE = 400;
let shown = null; // key of the bound that is open
let turn = 0;
let timer = null;
let controller = new AbortController();
let pending = null; // the closed forms that are being asked for, since when, and what is to be asked next
let since = 0;
let giveUp = new AbortController();
let next = null;

const live = (error) => error.name !== "AbortError";

function changed(wait = 0, settled = SETTLED) {
  turn += 1;
  const mine = turn;
  clearTimeout(timer);
  controller.abort();
  controller = new AbortController();
  timer = setTimeout(() => {
    byId("command").textContent = commandLine();
    closed(mine);
    timer = setTimeout(() => full(mine), settled);
  }, wait);
}

// One question at a time: a slider that moves faster than the answers come skips values instead of queueing them.
// What takes long for a closed form is given up once something else is wanted.
function closed(mine) {
  next = mine;
  if (pending && performance.now() - since > PATIENCE) giveUp.abort();
  pending ??= (async () => {
    while (next !== null) {
      const asked = next;
      next = null;
      since = performance.now();
      giveUp = new AbortController();
      try {
        const found = await ask("closed", { fields: state() }, giveUp.signal);
        if (asked >= turn - 1 || next === null) show(found, asked);
      } catch (error) {
        if (asked === turn) fail(error);
      }
    }
    pending = null;
  })();
}

let latest = [0, 0]; // turn of the answer that is shown, 1 if it is the full report

function show(found, asked) {
  const rank = [asked, found.closed ? 0 : 1];
  if (rank[0] < latest[0] || (rank[0] === latest[0] && rank[1] < latest[1])) return;
  latest = rank;
  showError(null);
  showBest(found);
  showTables(found, (key) => openBound(key, true));
  document.body.dataset.turn = String(asked);
  document.body.dataset.shown = found.closed && offers("bounds") ? "closed" : "full";
}

function fail(error) {
  if (!live(error)) return;
  showError({ field: error.field ?? "", message: error.message });
  markStale();
  document.body.dataset.shown = "refused";
}

async function full(mine) {
  const { signal } = controller;
  history.replaceState(null, "", address(shown)); // not for every step of a slider, which browsers take for an attack
  try {
    if (offers("bounds")) show(await ask("bounds", { fields: state() }, signal), mine);
    if (mine !== turn) return;
    if (shown) await openBound(shown, false);
    await Promise.all([showBand(signal), ...sections().map((run) => run(signal)), reread()]);
    document.body.dataset.done = String(mine);
  } catch (error) {
    if (mine === turn) fail(error);
  }
}

const SECTIONS = { "witness-section": showWitness, "phase-section": showPhase };
const sections = () => Object.entries(SECTIONS).filter(([id]) => byId(id).open && !byId(id).hidden).map(([, run]) => run);

async function openBound(key, byReader) {
  if (!offers("detail")) return;
  try {
    const title = await showDetail(key, controller.signal, closeBound);
    shown = key;
    history.replaceState(null, "", address(shown));
    if (byReader) {
      title.focus();
      title.scrollIntoView({ block: "start" });
    }
  } catch (error) {
    if (live(error)) fail(error);
  }
}

function closeBound() {
  byId("detail").hidden = true;
  const button = document.querySelector(`[data-bound="${CSS.escape(shown ?? "")}"]`);
  shown = null;
  history.replaceState(null, "", address(shown));
  button?.focus();
}

function follow() {
  shown = readAddress();
  byId("detail").hidden = true;
  changed(0, 0);
}

setUp(changed);
setUpBand(changed, () => changed(0, 0));
setUpPhase(changed);
setUpFiles();
byId("about").textContent = about;
byId("opens").hidden = !offers("detail");
for (const [id, run] of Object.entries(SECTIONS)) {
  byId(id).hidden = !offers(byId(id).dataset.needs);
  byId(id).addEventListener("toggle", () => byId(id).open && document.body.dataset.shown !== "refused" && run(controller.signal).catch((error) => live(error) && fail(error)));
}
byId("copy-link").addEventListener("click", async () => {
  const link = new URL(address(shown), location.href);
  await navigator.clipboard.writeText(link.href);
  byId("copied").textContent = "copied";
});
addEventListener("hashchange", follow);
follow();
