// Findings that are new, gone, worse, better or as before, as lists; one of them can be chosen.

import { badge, el } from "./dom.js";
import { placeOf } from "./findings.js";
import { number, quantity, say } from "./words.js";

const SHOWN_AT_ONCE = 40;

// CHANGES of the server → [{ finding, was?, side, group }], the groups in the order in which they matter.
export function entriesOf({ gained, lost, kept }) {
  const became = (how) => kept.filter((one) => one.became === how).map(({ was, now }) => ({ finding: now, was, side: "now", group: how }));
  return [
    ...gained.map((finding) => ({ finding, side: "now", group: "gained" })),
    ...became("worse"),
    ...lost.map((finding) => ({ finding, side: "was", group: "lost" })),
    ...became("better"),
    ...became("same"),
  ];
}

export class Differences {
  // onChoose(entry)
  constructor(place, { onChoose }) {
    Object.assign(this, { place, onChoose });
  }

  show(entries) {
    this.buttons = new Map();
    const groups = ["gained", "worse", "lost", "better", "same"];
    this.place.replaceChildren(...groups.map((group) => this.#group(group, entries.filter((entry) => entry.group === group))));
  }

  mark(chosen) {
    for (const [entry, button] of this.buttons) button.setAttribute("aria-pressed", String(entry === chosen));
    const button = this.buttons.get(chosen);
    const group = button?.closest("details");
    if (group) group.open = true;
    button?.scrollIntoView({ block: "nearest" });
  }

  #group(name, entries) {
    const head = el("summary", {}, say(name), " ", el("span", { class: "quiet num" }, number(entries.length)));
    const isOpen = entries.length > 0 && entries.length <= SHOWN_AT_ONCE && name !== "same";
    const items = entries.map((entry) => el("li", {}, this.#button(entry)));
    return el("details", { open: isOpen, class: "difference", "data-group": name }, head, items.length ? el("ul", {}, ...items) : el("p", { class: "quiet" }, say("none")));
  }

  #button(entry) {
    const { finding, was } = entry;
    const button = el(
      "button",
      { type: "button", class: "difference-entry", "aria-pressed": "false", onclick: () => this.onChoose(entry) },
      badge(finding.severity, finding.severity_said),
      el("span", { class: "difference-title" }, finding.title),
      el("span", { class: "quiet" }, placeOf(finding)),
      el("span", { class: "num" }, measured(finding, was)),
    );
    this.buttons.set(entry, button);
    return button;
  }
}

function measured({ measured: value, unit }, was) {
  if (value === null) return "";
  const now = quantity(value, unit);
  if (!was || was.measured === null) return now;
  const before = quantity(was.measured, was.unit);
  return before === now ? now : `${before} → ${now}`;
}
