// Asks the library in this browser, in a thread of its own; nothing leaves the device.

import { Refused } from "./dom.js";

const KINDS = ["closed", "points", "verify"];
const MOST = 64 * 2 ** 20;
const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const waiting = [];
let running = null;

export const about =
  "Computed in this browser, from files of this site alone; nothing leaves the device. Here are closed forms and the verifier of certificates. " +
  "The full program (pip install boundcalc[explore], then boundcalc explore) has the bounds that are searched for, such as frontier, proofs, the phase diagram, and reads weights.";
export const offers = (kind) => KINDS.includes(kind);

function next() {
  while (running === null && waiting.length) {
    const one = waiting.shift();
    if (one.signal?.aborted) one.reject(new DOMException("superseded", "AbortError"));
    else {
      running = one;
      worker.postMessage(one.message);
    }
  }
}

worker.onmessage = ({ data: { text } }) => {
  const { resolve, reject, signal } = running;
  running = null;
  const { answer, error } = JSON.parse(text);
  if (signal?.aborted) reject(new DOMException("superseded", "AbortError"));
  else if (error) reject(new Refused(error));
  else resolve(answer);
  next();
};
worker.onerror = () => {
  running?.reject(new Refused({ field: "", line: "the library could not be loaded in this browser" }));
  running = null;
};

const put = (message, signal) =>
  new Promise((resolve, reject) => {
    waiting.push({ message, signal, resolve, reject });
    next();
  });

export const ask = (kind, asked, signal) => put({ kind, asked: JSON.stringify(asked) }, signal);

export async function askFile(kind, file, fields, signal) {
  if (!offers(kind)) throw new Refused({ field: "file", line: `file = ${file.name}: must be a certificate (.json) here; weights need the full program` });
  if (file.size > MOST) throw new Refused({ field: "file", line: `file = ${file.name}: must have at most 64 MiB` });
  return put({ kind, asked: JSON.stringify({ fields }), name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }, signal);
}

export async function download() {
  throw new Refused({ field: "", line: "needs the full program" });
}
export const downloadFile = download;
