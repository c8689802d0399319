// Reads a file that is dropped or chosen: weights, or a certificate.

import { askFile, downloadFile, offers } from "./backend.js";
import { byId, element, interval, save } from "./dom.js";
import { state } from "./fields.js";
import { picture } from "./picture.js";

let file = null;
let controller = null;

const fields = () => ({ ...state(), array: byId("array").value, transpose: byId("transpose").value, bias_array: byId("bias_array").value });
const isCertificate = () => file.name.toLowerCase().endsWith(".json");

function list(title, found) {
  if (found === null) return element("p", {}, `${title}: not looked for among so many features`);
  const shown = found.first.map((one) => (Array.isArray(one) ? one.join("-") : String(one))).join(" ");
  return element("p", {}, `${title}: ${found.count}${found.count ? `: ${shown}` : ""}${found.count > found.first.length ? " …" : ""}`);
}

function showWeights(found) {
  const error = element("p", { class: "error", role: "status" });
  const figure = (kind) => element("button", {
    type: "button",
    onclick: async () => {
      try {
        save(`${kind}.pdf`, await downloadFile("figure.pdf", file, { ...fields(), kind }));
        error.textContent = "";
      } catch (refused) {
        error.textContent = refused.message;
      }
    },
  }, `Figure of the ${kind} as PDF`);
  const { represented, weak, dead, parallel, antipodal } = found.features;
  return [
    element("h3", {}, `${found.name}: ${found.shape[1]} features in ${found.shape[0]} dimensions`),
    found.note ? element("p", { class: "small" }, found.note) : null,
    element("p", { class: "interval" }, found.share ? `share of the best possible improvement: ${interval(found.share)}` : `loss: ${interval(found.loss)}`),
    list("represented", represented),
    list("weak", weak),
    list("dead", dead),
    list("parallel pairs", parallel),
    list("antipodal pairs", antipodal),
    picture(found.picture),
    element("p", {}, figure("witness"), " ", figure("capacities")),
    error,
    element("details", {}, element("summary", {}, "All that boundcalc loss prints"), element("pre", { tabindex: "0", role: "group", "aria-label": "Lines of boundcalc loss" }, found.lines.join("\n"))),
  ];
}

const VERDICTS = { 0: "accepted", 1: "refuted", 2: "no certificate", 3: "accepted, except for what is cited" };

const showVerdict = (found) => [
  element("h3", {}, `${file.name}: ${VERDICTS[found.status]}`),
  element("pre", { tabindex: "0", role: "group", "aria-label": "Lines of certificate verify", id: "verdict" }, found.lines.join("\n")),
];

export async function read(chosen = file) {
  if (!chosen) return;
  file = chosen;
  controller?.abort();
  controller = new AbortController();
  const { signal } = controller;
  const answer = byId("file-answer");
  answer.setAttribute("aria-busy", "true");
  byId("file-error").textContent = "";
  try {
    const certificate = isCertificate();
    const found = await askFile(certificate ? "verify" : "weights", file, certificate ? {} : fields(), signal);
    answer.replaceChildren(...(certificate ? showVerdict(found) : showWeights(found)).filter(Boolean));
    answer.dataset.file = file.name;
  } catch (refused) {
    if (refused.name === "AbortError") return;
    byId("file-error").textContent = refused.message;
  }
  answer.setAttribute("aria-busy", "false");
}

export const reread = () => file && !isCertificate() && read();

export function setUpFiles() {
  const zone = byId("drop");
  byId("file").addEventListener("change", (event) => event.target.files.length && read(event.target.files[0]));
  for (const id of ["array", "transpose", "bias_array"]) byId(id).addEventListener("change", () => read());
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer.files.length) read(event.dataTransfer.files[0]);
  });
  if (!offers("weights")) {
    byId("files-title").textContent = "Check a certificate";
    byId("how-to-read").hidden = true;
  }
  if (!offers("weights")) byId("file-help").textContent = "A certificate, .json, at most 64 MiB; it stays on this device. Weights need the full program.";
}
