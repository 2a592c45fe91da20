// A file on its way: chosen, sent in pieces by tus so that it survives a lost connection, then made a part or a revision.

import { Tus, Uppy } from "uppy";
import { HEADER, token } from "../csrf.js";
import { post } from "./asking.js";
import { byId, problem, progressLine, scriptsRun } from "./dom.js";
import { bytes, say } from "./words.js";

scriptsRun();
const TYPES = ["stl", "obj", "ply", "3mf"];
const WITHOUT_UNIT = new Set(["stl", "obj", "ply"]);
const MOST_BYTES = 2 * 2 ** 30; // as the server's UPLOAD_LIMIT_BYTES
const PIECE_BYTES = 8 * 2 ** 20; // the largest that the server takes with a checksum
const RETRY_AFTER_MS = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000, 60_000];

const addresses = JSON.parse(byId("addresses").textContent);
const form = byId("upload");
const input = byId("file");
const drop = byId("drop");
let file = null;
let refused = null; // why what was chosen is not taken
let sending = null; // the address of the upload when it is done, kept so that sending again does not upload again

function endingOf(name) {
  return name.toLowerCase().split(".").at(-1);
}

function whyNot(chosen) {
  const values = { name: chosen.name, size: bytes(MOST_BYTES) };
  if (!TYPES.includes(endingOf(chosen.name))) return { message: say("wrong_type", values), remedy: say("wrong_type_remedy") };
  if (chosen.size > MOST_BYTES) return { message: say("too_large", values), remedy: say("too_large_remedy") };
  if (chosen.size === 0) return { message: say("empty_file", values) };
  return null;
}

function complain(told) {
  byId("upload-problem").replaceChildren(...(told ? [problem(told)] : []));
}

function take(chosen) {
  refused = whyNot(chosen);
  complain(refused);
  file = refused ? null : chosen;
  sending = null;
  drop.classList.toggle("has-file", file !== null);
  byId("file-said").textContent = file ? say("chosen", { name: file.name, size: bytes(file.size) }) : say("drop");
  byId("units").hidden = !file || !WITHOUT_UNIT.has(endingOf(file.name));
  const name = form.elements.name;
  if (file && name && (!name.value || name.value === name.dataset.suggested)) {
    name.value = name.dataset.suggested = file.name.slice(0, file.name.lastIndexOf(".")).slice(0, 120);
  }
}

function progress(text, share) {
  byId("upload-progress").hidden = text === null;
  if (text !== null) byId("upload-progress").replaceChildren(progressLine(text, share));
}

function busy(on) {
  for (const one of form.elements) if (one.id !== "stop") one.disabled = on;
  drop.classList.toggle("is-busy", on);
  byId("stop").hidden = !on;
}

// Answers the address under which the server keeps the file.
function send(organisation) {
  const uppy = new Uppy({ allowMultipleUploadBatches: false });
  uppy.use(Tus, {
    endpoint: addresses.uploads,
    chunkSize: PIECE_BYTES,
    retryDelays: RETRY_AFTER_MS,
    allowedMetaFields: ["filename", "organisation"],
    removeFingerprintOnSuccess: true,
    headers: { [HEADER]: token() },
  });
  uppy.setMeta({ filename: file.name, organisation });
  uppy.on("upload-progress", (_, { bytesUploaded, bytesTotal }) => progress(say("uploading", { name: file.name }), bytesUploaded / bytesTotal));
  uppy.on("is-offline", () => progress(say("waiting_for_network"), 0));
  byId("stop").onclick = () => uppy.cancelAll();
  uppy.addFile({ name: file.name, type: file.type, data: file });
  return new Promise((arrive, fail) => {
    uppy.on("upload-success", (_, { uploadURL }) => arrive(uploadURL));
    uppy.on("upload-error", (_, error) => fail(error));
    uppy.on("cancel-all", () => fail(null));
    uppy.upload().catch(fail);
  });
}

function said(address) {
  const { name, note, confidentiality, units } = Object.fromEntries(kept);
  const body = { upload: new URL(address, location.href).pathname.split("/").filter(Boolean).at(-1) };
  if (WITHOUT_UNIT.has(endingOf(file.name)) && units) body.units = units;
  return name === undefined ? body : { ...body, name, note, confidentiality };
}

let kept = null;

async function submit(event) {
  event.preventDefault();
  if (!file) return complain(refused ?? { message: say("no_file") });
  complain(null);
  kept = new FormData(form); // before it is disabled: then it would say nothing
  busy(true);
  try {
    progress(say("uploading", { name: file.name }), 0);
    sending ??= await send(kept.get("organisation"));
    progress(say("finishing"), 0);
    const { part } = await post(addresses.send, said(sending));
    location.assign(part ? addresses.part.replace(addresses.some, part) : addresses.part);
  } catch (error) {
    progress(null);
    busy(false);
    if (error) complain({ message: error.status ? error.message : say("upload_failed"), remedy: error.remedy || say("try_again") });
  }
}

input.addEventListener("change", () => input.files[0] && take(input.files[0]));
for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("is-over"));
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
form.addEventListener("submit", submit);
if (input.files[0]) take(input.files[0]); // chosen while this script was on its way, or kept over a reload
form.hidden = false;
addEventListener("beforeunload", (event) => {
  if (drop.classList.contains("is-busy") && !sending) event.preventDefault();
});
