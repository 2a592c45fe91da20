// What is known of a revision in words and figures; also the text beside the view for those who do not see it.

import { byId, el } from "./dom.js";
import { bytes, moment, number, say, size, volume } from "./words.js";

export function describe(revision) {
  const facts = revision.facts;
  const values = { size: size(facts.size_um), volume: volume(facts.volume_mm3), triangles: number(facts.triangles) };
  return say("view_described", values);
}

export function showFacts(revision, fileAddress) {
  const place = byId("facts");
  const key = JSON.stringify([revision?.id, revision?.facts]);
  if (place.dataset.drawn === key) return;
  place.dataset.drawn = key;
  place.replaceChildren(...(revision ? rowsOf(revision, fileAddress).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]) : []));
  const faults = revision?.facts?.faults ?? [];
  byId("faults").replaceChildren(
    ...faults.map(({ message, remedy }) => el("li", {}, message, remedy ? el("span", { class: "quiet" }, ` ${remedy}`) : null)),
  );
  byId("faults-box").hidden = faults.length === 0;
}

function rowsOf(revision, fileAddress) {
  const facts = revision.facts;
  const file = el("a", { href: fileAddress, download: "" }, revision.file_name);
  const rows = [
    [say("file"), el("span", {}, file, " ", el("span", { class: "quiet" }, `${bytes(revision.size_bytes)} · ${moment(revision.at)}`))],
  ];
  if (!facts) return rows;
  return [
    ...rows,
    [say("size"), size(facts.size_um)],
    [say("volume"), volume(facts.volume_mm3)],
    [say("triangles"), number(facts.triangles)],
    [say("bodies"), number(facts.bodies)],
    [say("units"), facts.units === "um" ? "µm" : facts.units],
    ...(facts.notes ?? []).map((note) => [say("note"), note]),
  ];
}
