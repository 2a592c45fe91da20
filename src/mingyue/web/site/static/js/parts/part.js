// The page of a part: its state is fetched, shown, and fetched again whenever the server says that it changed.

import { announce } from "../announce.js";
import { get } from "./asking.js";
import { AskedChecks } from "./asked_checks.js";
import { describe, showFacts } from "./details.js";
import { byId, scriptsRun } from "./dom.js";
import { Findings } from "./findings.js";
import { Layers } from "./layers.js";
import { watch } from "./live.js";
import { Reading } from "./reading.js";
import { canDraw } from "./scene.js";
import { Stage } from "./stage.js";
import { Studies } from "./studies.js";
import { Verdict, isUnderWay } from "./verdict.js";
import { say } from "./words.js";

scriptsRun();
const urls = JSON.parse(byId("addresses").textContent);
const drawable = canDraw();
const shown = { part: null, checkId: null, findings: null, view: null };

const stage = drawable ? new Stage({ onPick: (finding) => findings.choose(finding) }) : null;
const layers = new Layers({ onLayer: (z) => stage?.layer?.show(z) });
const findings = new Findings({
  onChoose: (finding) => {
    stage?.choose(finding);
    layers.mark(findings.shown, finding);
    if (finding) layers.goTo(finding);
  },
  onFilter: (some) => {
    stage?.marks.show(some);
    layers.mark(some, findings.chosen);
  },
  onLayer: (finding) => {
    panes("both");
    layers.show(finding.layers[0]);
    layers.goTo(finding);
    byId("masks-host").focus();
  },
});
if (stage) stage.onHint = (finding) => findings.hint(finding);
const verdict = new Verdict(urls, { onChoose: choose });
const onAsked = (id) => { shown.checkId = id; refresh(); };
const asked = new AskedChecks(urls, { onAsked });
const reading = new Reading(urls);
const studies = new Studies(urls, {
  onAsked: (id) => { onAsked(id); byId("checks").scrollIntoView({ block: "nearest" }); },
  onTurn: (matrix) => stage?.surface && stage.preview(matrix, checkOf(revisionOf(shown.part))?.placement),
  onDeviation: (address) => (address ? stage?.showDeviation(address).catch((error) => announce(error.message)) : stage?.hideDeviation()),
});

function revisionOf(part) {
  return part?.revisions.find(({ id }) => id === urls.revision) ?? part?.revisions[0];
}

const BEST_FIRST = ["fine", "note", "risk", "fails"];

// The one that was chosen; else the best that is done, what is being done, what waits. Once it tells something it stays.
function checkOf(revision) {
  const checks = revision?.checks ?? [];
  const finest = checks.toSorted((one, other) => one.machine.pixel_um - other.machine.pixel_um);
  const best = BEST_FIRST.map((verdict) => finest.find((check) => check.state === "done" && check.verdict === verdict));
  const found =
    checks.find(({ id }) => id === shown.checkId) ??
    best.find(Boolean) ??
    checks.find(({ state }) => state === "running") ??
    checks.find(({ state }) => state !== "cancelled") ??
    checks.at(-1);
  if (found?.findings) shown.checkId = found.id;
  return found;
}

function choose(id) {
  shown.checkId = id;
  draw();
}

function draw() {
  const revision = revisionOf(shown.part);
  const check = checkOf(revision);
  reading.update(revision, shown.part.may_ask);
  verdict.update(revision.checks, check, shown.part.may_ask);
  asked.update(revision, shown.part.may_ask);
  studies.update(check, shown.part.may_ask, drawable);
  showFacts(revision, urls.file.replace("{revision}", revision.id));
  byId("bench").hidden = byId("studies").hidden = revision.state !== "read";
  if (revision.facts) byId("view-described").textContent = describe(revision);
  drawView(revision, check);
  drawFindings(check);
}

async function drawView(revision, check) {
  if (!revision.view || shown.view === revision.view) return openLayers(revision, check);
  shown.view = revision.view;
  if (!stage) return openLayers(revision, check);
  try {
    const isSimplified = revision.facts.view_triangles < revision.facts.triangles;
    await stage.show(revision.view, check?.placement, isSimplified);
    stage.marks.show(findings.shown);
    byId("view-loading").hidden = true;
  } catch {
    shown.view = null;
    byId("view-loading").textContent = say("view_failed");
  }
  openLayers(revision, check);
}

function openLayers(revision, check) {
  // The build frame has its zero in the middle of the platform, where the part stands.
  const [x, y, z] = revision.facts?.size_um ?? [1, 1, 1];
  const box = stage?.surface ? [stage.surface.box.min.toArray(), stage.surface.box.max.toArray()] : [[-x / 2, -y / 2, 0], [x / 2, y / 2, z]];
  layers
    .open(check?.masks ?? null, box)
    .then(() => byId("pane-choice").hidden = !layers.isThere)
    .catch((error) => announce(error.message));
}

async function drawFindings(check) {
  const address = check?.findings ?? null;
  byId("findings-box").hidden = address === null;
  if (shown.findings === address) return;
  shown.findings = address;
  const told = address ? await get(address).catch((error) => announce(error.message)) : { findings: [] };
  if (!told || shown.findings !== address) return;
  if (stage?.surface && told.placement) stage.lay(told.placement);
  findings.update(told.findings, told.left_out);
  byId("no-findings").hidden = told.findings.length > 0 || isUnderWay(check);
}

function panes(which) {
  byId("panes").dataset.show = which;
  for (const button of byId("pane-choice").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.panes === which));
  }
}

let isFetching = false;
let isStale = false;

async function refresh() {
  isStale = true;
  if (isFetching) return;
  isFetching = true;
  while (isStale) {
    isStale = false;
    try {
      shown.part = await get(urls.state);
      draw();
    } catch (error) {
      announce(error.message);
    }
  }
  isFetching = false;
}

byId("no-webgl").hidden = drawable;
byId("view").hidden = byId("view-tools").hidden = !drawable;
byId("pane-choice").addEventListener("click", (event) => {
  const button = event.target.closest("[data-panes]");
  if (button) panes(button.dataset.panes);
});
await refresh();
watch(urls.live, refresh);
