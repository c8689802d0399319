// Runs the library in the browser: Pyodide, python-flint and boundcalc, all from files beside this one.

import { loadPyodide } from "../pyodide/pyodide.mjs";

const START = `
import json, os, tempfile
from boundcalc.explore.answers import answer

def reply(kind, asked):
    return json.dumps(answer(kind, json.loads(asked)))

def reply_of_file(kind, asked, name, data):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(data.to_py())
        return json.dumps(answer(kind, {**json.loads(asked), "path": path, "name": name}))
`;

const ready = (async () => {
  const files = await (await fetch(new URL("../files.json", import.meta.url))).json();
  const at = (name) => new URL(`../${name}`, import.meta.url).href;
  const python = await loadPyodide({ indexURL: at("pyodide/") });
  await python.loadPackage(files.wheels.map(at), { messageCallback: () => {} });
  python.unpackArchive(await (await fetch(at(files.library))).arrayBuffer(), "zip", { extractDir: "/library" });
  python.runPython("import sys; sys.path.insert(0, '/library')");
  python.runPython(START);
  return { ask: python.globals.get("reply"), askFile: python.globals.get("reply_of_file") };
})();

onmessage = async ({ data: { id, kind, asked, name, bytes } }) => {
  try {
    const { ask, askFile } = await ready;
    postMessage({ id, text: bytes ? askFile(kind, asked, name, bytes) : ask(kind, asked) });
  } catch (error) {
    const line = String(error.message ?? error).trim().split("\n").at(-1);
    postMessage({ id, text: JSON.stringify({ error: { field: "", line: `this cannot be computed here: ${line}` } }) });
  }
};
