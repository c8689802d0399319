// Asks the server of boundcalc explore; the page that needs no server has another file in this place.

import { Refused } from "./dom.js";

const token = new URLSearchParams(location.search).get("token") ?? "";
const headers = { "x-boundcalc-token": token };

export const about = "Computed on this machine by boundcalc explore, without the network.";
export const offers = () => true;

async function answered(request) {
  let response;
  try {
    response = await request;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused({ field: "", line: "the program has ended: start boundcalc explore again and open its new address" });
  }
  if (response.ok) {
    if (!(response.headers.get("content-type") ?? "").startsWith("application/json")) return response.blob();
    const { answer, error } = await response.json();
    if (error) throw new Refused(error);
    return answer;
  }
  const text = await response.text();
  let told;
  try {
    told = JSON.parse(text).error;
  } catch {
    told = { field: "", line: text.trim() || `status ${response.status}` };
  }
  throw new Refused(told);
}

const post = (path, body, signal) => fetch(path, { method: "POST", headers, body, signal });

export async function ask(kind, asked, signal) {
  return answered(post(`ask/${kind}`, JSON.stringify(asked), signal));
}

export async function download(kind, asked) {
  return answered(post(`ask/${kind}`, JSON.stringify(asked)));
}

const MOST = 64 * 2 ** 20;

function filePath(kind, file, fields) {
  if (file.size > MOST) throw new Refused({ field: "file", line: `file = ${file.name}: must have at most 64 MiB here; the command line reads larger ones` });
  return `file/${kind}?${new URLSearchParams({ name: file.name, fields: JSON.stringify(fields) })}`;
}

export async function askFile(kind, file, fields, signal) {
  return answered(post(filePath(kind, file, fields), file, signal));
}

export async function downloadFile(kind, file, fields) {
  return answered(post(filePath(kind, file, fields), file));
}
