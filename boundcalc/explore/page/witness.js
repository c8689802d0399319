// Shows the weights behind the best lower bound.

import { ask, download } from "./backend.js";
import { byId, element, save } from "./dom.js";
import { state } from "./fields.js";
import { picture } from "./picture.js";

export async function showWitness(signal) {
  const box = byId("witness");
  const asked = { fields: state() };
  try {
    const found = await ask("witness", asked, signal);
    const { d, n } = found.picture;
    const error = element("p", { class: "error", role: "status" });
    const button = element("button", {
      type: "button",
      onclick: async () => {
        try {
          save("witness.npy", await download("witness.npy", asked));
          error.textContent = "";
        } catch (refused) {
          error.textContent = refused.message;
        }
      },
    }, "Download as .npy");
    const note = found.drawn ? "; one draw of what is random in it, the bound is about the average" : "";
    box.replaceChildren(element("p", {}, `${found.name}, by ${found.key}: W has ${d} rows and ${n} columns${note}.`), element("p", {}, button), error, picture(found.picture));
  } catch (refused) {
    if (refused.name === "AbortError") throw refused;
    box.replaceChildren(element("p", { class: "error", role: "status" }, refused.message));
  }
}
