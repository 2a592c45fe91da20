// Two revisions of a part: both surfaces in one view, their figures, and what was found in one of them only.

import { announce } from "../announce.js";
import { get } from "./asking.js";
import { Differences, entriesOf } from "./differences.js";
import { byId, el, icon, scriptsRun } from "./dom.js";
import { watch } from "./live.js";
import { Overlay } from "./overlay.js";
import { canDraw } from "./scene.js";
import { isUnderWay } from "./verdict.js";
import { area, length, number, say, volume } from "./words.js";

scriptsRun();
const addresses = JSON.parse(byId("addresses").textContent);
const overlay = canDraw() ? new Overlay(byId("overlay"), { onPick: (finding) => choose(entries.find((entry) => entry.finding === finding)) }) : null;
const differences = new Differences(byId("differences"), { onChoose: choose });
const shown = { way: null, key: null };
let entries = [];

function choose(entry) {
  if (!entry) return;
  show(entry.side); // it belongs to that surface
  overlay?.choose(entry.finding);
  differences.mark(entry);
}

function show(which) {
  overlay?.show(which);
  for (const button of byId("shown").querySelectorAll("[data-shown]")) button.setAttribute("aria-pressed", String(button.dataset.shown === which));
}

// Checks of both with the same machine, resin and layer: [old, new, what they are]; those that lie alike come first.
function pairsOf(was, now) {
  const way = ({ machine, resin, layer_um: layer }) => [machine.id, resin.id, layer].join(" ");
  const turn = ({ rotation }) => JSON.stringify(rotation);
  const done = ({ checks }) => checks.filter(({ state }) => state === "done");
  const exact = done(now).map((check) => [done(was).find((one) => way(one) === way(check) && turn(one) === turn(check)), check]);
  const other = exact.filter(([old]) => !old).map(([, check]) => [done(was).find((one) => way(one) === way(check)), check]);
  return [...exact, ...other].filter(([old]) => old).map(([old, check]) => ({ old, check, id: `${old.id} ${check.id}` }));
}

function told({ old, check }) {
  const lies = old.lying === check.lying ? check.lying : `${old.lying} → ${check.lying}`;
  return `${check.machine.name} · ${check.resin.name} · ${length(check.layer_um)} · ${lies}`;
}

function offer(pairs, chosen) {
  byId("compared-choice").hidden = pairs.length < 2;
  const key = pairs.map(({ id }) => id).join();
  const select = byId("compared");
  if (select.dataset.key === key) return;
  select.dataset.key = key;
  select.replaceChildren(...pairs.map((pair) => el("option", { value: pair.id, selected: pair === chosen }, told(pair))));
}

function figures(was, now) {
  if (!was.facts || !now.facts) return;
  const rows = [
    ...[0, 1, 2].map((axis) => [`${say("size")} ${"xyz"[axis]}`, (facts) => facts.size_um[axis], length]),
    [say("volume"), (facts) => facts.volume_mm3, volume],
    [say("surface"), (facts) => facts.area_mm2, area],
    [say("triangles"), (facts) => facts.triangles, number],
    [say("bodies"), (facts) => facts.bodies, number],
  ].filter(([, of]) => of(was.facts) !== undefined && of(now.facts) !== undefined);
  byId("figures").replaceChildren(
    ...rows.map(([name, of, tell]) => {
      const [one, other] = [of(was.facts), of(now.facts)];
      const apart = Math.abs(other - one) > 1e-9 * Math.max(Math.abs(one), 1e-12) ? `${other > one ? "+" : "−"}${tell(Math.abs(other - one))}` : "=";
      return el("tr", {}, el("th", { scope: "row" }, name), ...[tell(one), tell(other), apart].map((text) => el("td", { class: "num" }, text)));
    }),
  );
}

async function found(pair, now) {
  const open = now.state !== "read" || now.checks.some(isUnderWay);
  byId("compared-check").textContent = !pair ? say(open ? "checks_open" : "no_check_alike") : byId("compared-choice").hidden ? told(pair) : "";
  if (shown.key === (pair?.id ?? null)) return;
  shown.key = pair?.id ?? null;
  const address = pair && addresses.changes.replace("{check}", pair.check.id).replace("{since}", pair.old.id);
  const changes = address ? await get(address) : { notes: [], gained: [], lost: [], kept: [] };
  if (shown.key !== (pair?.id ?? null)) return;
  byId("notes").replaceChildren(...changes.notes.map((note) => el("p", { class: "message message-warning" }, icon("risk"), el("span", {}, note))));
  entries = entriesOf(changes);
  differences.show(changes.comparable ? entries : []);
  byId("differences").hidden = !changes.comparable;
  overlay?.marks.choose(null);
  overlay?.marks.show(entries.filter(({ group }) => group !== "same").map(({ finding }) => finding));
}

async function draw() {
  const { revisions } = await get(addresses.state);
  const [was, now] = [addresses.left, addresses.right].map((id) => revisions.find((one) => one.id === id));
  // How far it was moved and what it costs came with the page, and was not known before it was read.
  if (shown.isRead === false && now.state === "read") location.reload();
  shown.isRead = now.state === "read";
  figures(was, now);
  const pairs = pairsOf(was, now);
  const pair = pairs.find(({ id }) => id === shown.way) ?? pairs[0];
  offer(pairs, pair);
  await found(pair, now);
  return [was, now];
}

async function drawOverlay([was, now]) {
  byId("overlay").hidden = byId("shown").hidden = !overlay;
  byId("no-webgl").hidden = Boolean(overlay);
  await overlay?.load({ was: was.view, now: now.view }, addresses.moved_um);
  byId("overlay-loading").hidden = true;
}

byId("shown").addEventListener("click", (event) => {
  const button = event.target.closest("[data-shown]");
  if (button) show(button.dataset.shown);
});
byId("compared").addEventListener("change", (event) => {
  shown.way = event.target.value;
  draw();
});
byId("tool-fit").addEventListener("click", () => overlay?.pilot.fit());
await draw().then(drawOverlay);
watch(addresses.live, () => draw().catch((error) => announce(error.message)));
