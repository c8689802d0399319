// Makes elements, formulas, drawings and downloads.

export const byId = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "onclick") made.addEventListener("click", value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

export function drawn(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// MathML comes from the catalog of bounds alone; no text of the reader is ever in it.
export function formula(mathml, tag = "div") {
  const made = element(tag, tag === "div" ? { class: "formula", tabindex: "0", role: "group", "aria-label": "formula" } : {});
  made.innerHTML = mathml;
  return made;
}

export function sentence(parts) {
  const made = element("span");
  for (const [kind, text] of parts) made.append(kind === "math" ? formula(text, "span") : text);
  return made;
}

export function table(caption, titles, rows, rowClass = () => null) {
  const head = element("tr", {}, ...titles.map((title) => element("th", { scope: "col" }, title)));
  const body = rows.map((row) =>
    element("tr", { class: rowClass(row) }, ...row.cells.map((cell, k) => (k === 0 ? element("th", { scope: "row" }, cell) : element("td", { class: row.numbers?.includes(k) ? "number" : null }, cell)))),
  );
  return element("table", {}, element("caption", {}, caption), element("thead", {}, head), element("tbody", {}, ...body));
}

export const interval = ([low, high]) => (low === high ? `${low} exactly` : `${low} to ${high}`);

export function save(name, blob) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function copyable(title, text, name) {
  const told = element("span", { role: "status" });
  const button = element("button", {
    type: "button",
    onclick: async () => {
      await navigator.clipboard.writeText(text);
      told.textContent = " copied";
    },
  }, `Copy ${name}`);
  return element("div", {}, element("h3", {}, title), element("pre", { tabindex: "0", role: "group", "aria-label": title }, text), button, told);
}

export function bars(title, counts) {
  const most = Math.max(1, ...counts);
  const made = element("div", { class: "bars", role: "group", "aria-label": title });
  counts.forEach((count, k) => {
    if (count === 0 && !(counts[k - 1] || counts[k + 1])) return;
    const bar = element("span", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${(100 * count) / most}%`;
    made.append(element("span", {}, `${(k / counts.length).toFixed(2)} to ${((k + 1) / counts.length).toFixed(2)}`), element("span", {}, bar), element("span", {}, String(count)));
  });
  return element("div", {}, element("h3", {}, title), made);
}

export class Refused extends Error {
  constructor({ field, line }) {
    super(line);
    this.field = field;
  }
}
