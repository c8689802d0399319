// Keeps the fields, their sliders and the address in step.

import { byId } from "./dom.js";

export const NAMES = ["n", "d", "m", "p", "law", "importance", "activation", "bias"];
const DEFAULTS = { activation: "power", bias: "yes", importance: "" };

const decades = (mantissas, from, to) => {
  const found = [];
  for (let e = from; e <= to; e += 1) for (const mantissa of mantissas) found.push([mantissa, e]);
  return found;
};
const whole = decades([10, 12, 15, 20, 25, 30, 40, 50, 60, 80], 0, 4).map(([a, e]) => String(a * 10 ** e));
const small = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const activity = ([a, e]) => (e < -4 ? `${a}e${e}` : Number(`${a}e${e}`).toFixed(Math.max(0, -e + (a % 1 ? 1 : 0))).replace(/0+$/, ""));

export const VALUES = {
  n: [...small, ...whole.map((text) => text), "1000000", "inf"],
  d: [...small, ...Array.from({ length: 41 }, (_, k) => String(k + 10)), "60", "70", "80", "100", "120", "150", "200", "250", "300", "400", "500"],
  m: ["1", "3", "5", "7", "9"],
  p: [...decades([1, 1.5, 2, 3, 4, 5, 6, 8], -9, -2).map(activity), ...Array.from({ length: 18 }, (_, k) => ((k + 2) / 20).toFixed(2).replace(/0$/, "")), "1"],
};

// For the place of a slider alone: the library reads the text itself, exactly.
export function roughly(text) {
  const t = text.trim().toLowerCase();
  if (t === "inf" || t === "∞" || t === "oo") return Infinity;
  const match = /^([\d.]+(?:e[+-]?\d+)?)(?:(\/|\^|\*\*)([\d.]+(?:e[+-]?\d+)?))?$/.exec(t);
  if (!match) return NaN;
  const [, a, sign, b] = match;
  return sign === undefined ? Number(a) : sign === "/" ? Number(a) / Number(b) : Number(a) ** Number(b);
}

export const state = () => Object.fromEntries(NAMES.map((name) => [name, byId(name).value]));

function place(name) {
  const slider = byId(`${name}-slider`);
  const value = roughly(byId(name).value);
  if (Number.isNaN(value)) return;
  const apart = (text) => {
    const other = roughly(text);
    return other === value ? 0 : Math.abs(Math.log(other) - Math.log(value));
  };
  let nearest = 0;
  VALUES[name].forEach((text, k) => {
    if (apart(text) < apart(VALUES[name][nearest])) nearest = k;
  });
  slider.value = String(nearest);
  slider.setAttribute("aria-valuetext", byId(name).value);
}

export function setUp(changed) {
  for (const name of Object.keys(VALUES)) {
    const slider = byId(`${name}-slider`);
    Object.assign(slider, { min: "0", max: String(VALUES[name].length - 1), step: "1" });
    slider.addEventListener("input", () => {
      byId(name).value = VALUES[name][Number(slider.value)];
      slider.setAttribute("aria-valuetext", byId(name).value);
      changed(0);
    });
    byId(name).addEventListener("input", () => {
      place(name);
      changed(150);
    });
  }
  for (const name of NAMES.filter((each) => !(each in VALUES))) byId(name).addEventListener("input", () => changed(150));
  byId("question").addEventListener("submit", (event) => event.preventDefault());
}

export function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const name of NAMES) {
    if (given.has(name)) byId(name).value = given.get(name);
    else if (name in DEFAULTS) byId(name).value = DEFAULTS[name];
  }
  if (["importance", "activation", "bias"].some((name) => given.has(name))) byId("more").open = true;
  for (const name of Object.keys(VALUES)) place(name);
  if (["p", "d", "n"].includes(given.get("axis"))) byId("axis").value = given.get("axis");
  return given.get("show");
}

export function address(shown) {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(state())) if (value !== (DEFAULTS[name] ?? null)) found.set(name, value);
  if (byId("axis").value !== "p") found.set("axis", byId("axis").value);
  if (shown) found.set("show", shown);
  return `#${found}`;
}

export function setValue(name, value) {
  byId(name).value = value;
  place(name);
}

const quoted = (text) => (/^[\w@%+=:,./^-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`);

export function commandLine() {
  const { activation, bias, m, ...others } = state();
  const relu = activation === "relu";
  const given = relu ? { activation, ...others } : { n: others.n, d: others.d, m, p: others.p, law: others.law, importance: others.importance };
  const parts = Object.entries(given).filter(([, text]) => text.trim() !== "").map(([name, text]) => `--${name} ${quoted(text.trim())}`);
  return ["boundcalc bounds", ...parts, ...(relu && bias === "no" ? ["--no-bias"] : [])].join(" ");
}

export function showError(error) {
  const known = error && byId(`${error.field}-error`) ? error.field : "form";
  for (const name of [...NAMES, "form"]) {
    const bad = error !== null && name === known;
    const line = byId(`${name}-error`);
    const text = bad ? error.message : "";
    if (line.textContent !== text) line.textContent = text;
    if (name !== "form") {
      if (bad) byId(name).setAttribute("aria-invalid", "true");
      else byId(name).removeAttribute("aria-invalid");
    }
  }
  if (error !== null && ["importance", "activation", "bias"].includes(known)) byId("more").open = true;
}
