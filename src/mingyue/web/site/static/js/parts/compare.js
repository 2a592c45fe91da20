// Two revisions beside each other: one way of looking at both, their figures, and what was found in one of them only.

import { get } from "./asking.js";
import { Pilot } from "./camera.js";
import { describe } from "./details.js";
import { badge, byId, el, scriptsRun } from "./dom.js";
import { placeOf } from "./findings.js";
import { Marks } from "./marks.js";
import { addPlatform } from "./platform.js";
import { rulerIn } from "./ruler.js";
import { View, canDraw } from "./scene.js";
import { Surface, matrixOf, readSurface, standing } from "./surface.js";
import { length, number, say, size, volume } from "./words.js";

scriptsRun();
const SHOWN_AT_ONCE = 30;
const addresses = JSON.parse(byId("addresses").textContent);
const part = await get(addresses.state);
const sides = ["left", "right"].map((name) => ({ name, revision: part.revisions.find(({ id }) => id === addresses[name]) }));

// The last check that both had, with the same machine, resin and layer.
function commonChecks([left, right]) {
  const way = ({ machine, resin, layer_um: layer }) => [machine.id, resin.id, layer].join(" ");
  const done = (side) => side.revision.checks.filter(({ state }) => state === "done");
  for (const check of done(right).reverse()) {
    const other = done(left).find((one) => way(one) === way(check));
    if (other) return [other, check];
  }
  return null;
}

async function show(side, check) {
  const host = byId(`${side.name}-view`);
  if (side.revision.facts) byId(`${side.name}-described`).textContent = describe(side.revision);
  host.hidden = !canDraw() || !side.revision.view;
  if (host.hidden) return;
  side.view = new View(host);
  side.view.canvas.setAttribute("aria-hidden", "true");
  side.pilot = new Pilot(side.view);
  side.view.onDrawn(rulerIn(host, () => side.view.umPerPixel));
  const geometry = await readSurface(side.revision.view);
  const surface = new Surface(side.view, geometry);
  surface.place(check?.placement ? matrixOf(check.placement) : standing(geometry));
  addPlatform(side.view, surface.box);
  side.box = surface.box;
  side.marks = new Marks(side.view, { onPick: () => {}, onHover: () => {} });
  host.addEventListener("keydown", (event) => side.pilot.key(event));
}

// The same place and scale in both, so that what is larger looks larger.
function link(seen) {
  const around = seen[0].box.clone();
  for (const { box } of seen) around.union(box);
  let leads = true;
  for (const side of seen) {
    side.view.surround(around);
    side.pilot.lookFrom("corner", { at_once: true });
    side.view.host.classList.add("is-ready");
  }
  for (const side of seen) {
    side.view.onDrawn(() => {
      if (!leads) return;
      leads = false;
      for (const other of seen) if (other !== side && !alike(side, other)) other.pilot.follow(side.pilot);
      leads = true;
    });
  }
}

function alike(one, other) {
  return (
    one.view.camera.position.distanceTo(other.view.camera.position) < 1e-6 &&
    one.view.controls.target.distanceTo(other.view.controls.target) < 1e-6 &&
    one.view.camera.zoom === other.view.camera.zoom
  );
}

function figures([left, right]) {
  const rows = [
    ...[0, 1, 2].map((axis) => [`${say("size")} ${"xyz"[axis]}`, (facts) => facts.size_um[axis], length]),
    [say("volume"), (facts) => facts.volume_mm3, volume],
    [say("triangles"), (facts) => facts.triangles, number],
    [say("bodies"), (facts) => facts.bodies, number],
  ];
  if (!left.revision.facts || !right.revision.facts) return;
  byId("figures").replaceChildren(
    ...rows.map(([name, of, tell]) => {
      const [one, other] = [of(left.revision.facts), of(right.revision.facts)];
      const apart = Math.abs(other - one) > 1e-9 * Math.max(Math.abs(one), 1e-12) ? `${other > one ? "+" : "−"}${tell(Math.abs(other - one))}` : "=";
      return el("tr", {}, el("th", { scope: "row" }, name), ...[tell(one), tell(other), apart].map((text) => el("td", { class: "num" }, text)));
    }),
  );
}

// Findings have no identity across revisions: two are the same where their kind is and their boxes overlap.
function sameIn(findings, { kind, box_um: [low, high] }) {
  return findings.find(
    (other) => other.kind === kind && [0, 1, 2].every((axis) => other.box_um[0][axis] <= high[axis] && low[axis] <= other.box_um[1][axis]),
  );
}

function group(title, findings, isOpen = findings.length <= SHOWN_AT_ONCE) {
  const items = findings.map((finding) =>
    el("li", {}, badge(finding.severity, finding.severity_said), el("span", {}, finding.title), el("span", { class: "quiet" }, placeOf(finding))),
  );
  const head = el("summary", {}, title, " ", el("span", { class: "quiet num" }, number(findings.length)));
  return el("details", { open: isOpen }, head, items.length ? el("ul", { class: "rows" }, ...items) : el("p", { class: "quiet" }, say("none")));
}

async function differences(checks) {
  if (!checks) {
    byId("compared-check").textContent = say("no_check_alike");
    return;
  }
  const [{ machine, resin, layer_um: layer }] = checks;
  byId("compared-check").textContent = `${machine.name} · ${resin.name} · ${length(layer)}`;
  const [before, after] = (await Promise.all(checks.map(({ findings }) => get(findings)))).map(({ findings }) => findings);
  const gained = after.filter((finding) => !sameIn(before, finding));
  const lost = before.filter((finding) => !sameIn(after, finding));
  byId("differences").replaceChildren(group(say("gained"), gained), group(say("lost"), lost), group(say("kept"), after.filter((finding) => sameIn(before, finding)), false));
  sides[0].marks?.show(lost);
  sides[1].marks?.show(gained);
}

const checks = commonChecks(sides);
figures(sides);
await Promise.all(sides.map((side, at) => show(side, checks?.[at])));
const seen = sides.filter(({ box }) => box);
if (seen.length) link(seen);
await differences(checks);
