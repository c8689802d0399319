// Shows one bound: statement, hypotheses, proof, LaTeX, code and certificate.

import { ask, offers } from "./backend.js";
import { byId, copyable, element, formula, save, sentence } from "./dom.js";
import { state } from "./fields.js";

const steps = (proof) =>
  element("ol", {}, ...proof.map((step) =>
    element("li", {}, formula(step.statement), element("p", {}, sentence(step.reason), ". ", element("span", { class: "small" }, `[${step.standing}]`)), step.tested ? element("div", { class: "small" }, "put to the test: ", formula(step.tested)) : null),
  ));

export async function showDetail(key, signal, close) {
  const box = byId("detail");
  const found = await ask("detail", { fields: state(), key }, signal);
  const title = element("h2", { id: "detail-title", tabindex: "-1" }, `${found.key} (${found.section}): ${found.title}`);
  const error = element("p", { class: "error", role: "status" });
  const certificate = element("button", {
    type: "button",
    onclick: async () => {
      try {
        const text = JSON.stringify((await ask("certificate", { fields: state() })).certificate, null, 1);
        save("certificate.json", new Blob([`${text}\n`], { type: "application/json" }));
        error.textContent = "";
      } catch (refused) {
        error.textContent = refused.message;
      }
    },
  }, "Download the certificate of the best two bounds");
  const sign = found.side === "upper" ? "≤" : "≥";
  box.replaceChildren(
    title,
    element("p", {}, element("button", { type: "button", onclick: close }, "Close")),
    element("p", {}, found.value === null ? `Does not apply: ${found.why_not}` : `Here I* ${sign} ${found.value}`, `. Status: ${found.status} (${found.meaning}). Steps: ${found.counts}.`),
    element("h3", {}, `Statement for m = ${found.m}`),
    ...found.statement.map((line) => formula(line)),
    element("h3", {}, "Hypotheses"),
    element("ul", {}, ...(found.hypotheses.length ? found.hypotheses : [[["text", "none"]]]).map((one) => element("li", {}, sentence(one)))),
    ...(found.symbols.length ? [element("p", {}, "Here "), element("ul", {}, ...found.symbols.map(([name, meaning]) => element("li", {}, formula(name, "span"), ": ", sentence(meaning))))] : []),
    ...found.other_forms.flatMap((other) => [element("p", {}, `Another form, hypotheses: ${other.where}`), formula(other.statement)]),
    element("p", {}, "Tight: ", sentence(found.tight)),
    element("details", { id: "proof" }, element("summary", {}, "Proof"), steps(found.proof), ...found.lemmas.flatMap((lemma) => [element("h3", {}, `Lemma ${lemma.key} [${lemma.status}]`), formula(lemma.statement), steps(lemma.proof)])),
    element("details", {}, element("summary", {}, "Sources"), element("ul", {}, ...found.sources.map((source) => element("li", {}, source)))),
    element("details", {}, element("summary", {}, "LaTeX to copy"), copyable("Statement", found.latex, "the statement"), copyable("Proof", found.latex_proof, "the proof")),
    element("details", {}, element("summary", {}, "Code that gives the number"), copyable("Python", found.python, "the Python code"), copyable("Command line", found.command, "the command")),
    ...(offers("certificate") ? [element("p", {}, certificate), error] : []),
  );
  box.hidden = false;
  return title;
}
