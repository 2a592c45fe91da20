// The findings as a list: by severity, filtered by kind; one can be open, and it is the one that the views show.

import { byId, el, icon, severityIcon } from "./dom.js";
import { number, quantity, range, say } from "./words.js";

const SHOWN_AT_FIRST = matchMedia("(max-width: 1099.98px)").matches ? 10 : 40; // where the list does not scroll by itself
// Where a number comes from; docs/reference/profiles.md.
const MARKS = new Set(["seen", "2nd", "derived", "assumed", "measured"]);
const KINDS_AT_FIRST = 5;

export class Findings {
  // onChoose(finding | null), onFilter(findings shown), onLayer(layer)
  constructor({ onChoose, onFilter, onLayer }) {
    Object.assign(this, { onChoose, onFilter, onLayer });
    this.place = byId("findings");
    this.filters = byId("finding-kinds");
    this.all = [];
    this.kind = null;
    this.chosen = null;
    this.most = SHOWN_AT_FIRST;
  }

  get shown() {
    return this.all.filter((finding) => this.kind === null || finding.kind === this.kind);
  }

  update(findings, leftOut) {
    this.all = findings;
    this.leftOut = leftOut;
    if (!findings.some((finding) => finding.kind === this.kind)) this.kind = null;
    this.chosen = findings.find((finding) => finding.id === this.chosen?.id) ?? null;
    this.draw();
    this.onFilter(this.shown);
  }

  choose(finding, { scroll = true } = {}) {
    this.chosen = finding;
    if (finding && this.kind !== null && finding.kind !== this.kind) this.kind = null;
    const at = finding ? this.shown.indexOf(finding) : -1;
    if (at >= this.most) this.most = at + 10;
    this.draw();
    if (finding && scroll) this.#entry(finding)?.scrollIntoView({ block: "nearest" });
    this.onChoose(finding);
  }

  hint(finding) {
    for (const entry of this.place.querySelectorAll(".finding.is-hinted")) entry.classList.remove("is-hinted");
    if (finding) this.#entry(finding)?.classList.add("is-hinted");
  }

  draw() {
    const focused = document.activeElement?.dataset?.finding;
    this.#drawFilters();
    const shown = this.shown.slice(0, this.most);
    const groups = ["fails", "risk", "note"].map((severity) => this.#group(severity, shown));
    this.place.replaceChildren(...groups.filter(Boolean), ...this.#rest());
    if (focused) this.place.querySelector(`[data-finding="${focused}"]`)?.focus({ preventScroll: true });
  }

  #drawFilters() {
    const counts = new Map();
    for (const { kind, title } of this.all) counts.set(kind, { title, count: (counts.get(kind)?.count ?? 0) + 1 });
    const chip = (kind, title, count) =>
      el(
        "button",
        {
          type: "button", class: "chip", "aria-pressed": String(this.kind === kind),
          onclick: () => this.#filter(kind),
        },
        title,
        el("span", { class: "num" }, number(count)),
      ); // prettier-ignore
    const kinds = [...counts].sort(([, one], [, other]) => other.count - one.count);
    const few = this.allKinds ? kinds : kinds.filter(([kind], at) => at < KINDS_AT_FIRST || kind === this.kind);
    const chips = few.map(([kind, { title, count }]) => chip(kind, title, count));
    const hadFocus = this.filters.contains(document.activeElement);
    this.filters.replaceChildren(...(kinds.length > 1 ? [chip(null, say("all"), this.all.length), ...chips, ...this.#moreKinds(kinds.length - few.length)] : []));
    if (hadFocus) this.filters.querySelector('[aria-pressed="true"]')?.focus({ preventScroll: true });
  }

  #moreKinds(count) {
    if (count <= 0) return [];
    const show = () => {
      this.allKinds = true;
      this.draw();
    };
    return [el("button", { type: "button", class: "chip", onclick: show }, say("more_kinds", { n: number(count) }))];
  }

  #filter(kind) {
    this.kind = this.kind === kind ? null : kind;
    this.most = SHOWN_AT_FIRST;
    if (this.chosen && !this.shown.includes(this.chosen)) {
      this.chosen = null;
      this.onChoose(null);
    }
    this.draw();
    this.onFilter(this.shown);
  }

  #group(severity, shown) {
    const findings = shown.filter((finding) => finding.severity === severity);
    if (!findings.length) return null;
    const count = this.shown.filter((finding) => finding.severity === severity).length;
    return el(
      "section",
      { class: "finding-group" },
      el("h3", { class: `is-${severity}` }, severityIcon(severity), say(`count_${severity}`, { n: number(count) })),
      el("ul", {}, ...findings.map((finding) => this.#item(finding))),
    );
  }

  #item(finding) {
    const isOpen = finding === this.chosen;
    const button = el(
      "button",
      {
        type: "button", class: "finding-head", "aria-expanded": String(isOpen), "data-finding": finding.id,
        onclick: () => this.choose(isOpen ? null : finding, { scroll: false }),
      },
      el("span", { class: "finding-title" }, finding.title),
      el("span", { class: "finding-place quiet" }, placeOf(finding)),
      finding.measured === null ? null : el("span", { class: "finding-measure num" }, measured(finding)),
    ); // prettier-ignore
    return el("li", { class: `finding is-${finding.severity}${isOpen ? " is-open" : ""}` }, button, isOpen ? this.#details(finding) : null);
  }

  #details(finding) {
    const [low, high] = finding.box_um;
    const facts = [
      [say("what_to_do"), finding.remedy],
      finding.limit === null ? null : [say("limit"), limitOf(finding)],
      finding.model ? [say("model_says"), `${finding.model.said}`] : null,
      [say("where"), `x ${range(low[0], high[0])}, y ${range(low[1], high[1])}, z ${range(low[2], high[2])}`],
    ].filter(Boolean);
    return el(
      "div",
      { class: "finding-details" },
      finding.message && finding.message !== finding.title ? el("p", {}, finding.message) : null,
      el("dl", {}, ...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
      finding.layers
        ? el(
            "button",
            { type: "button", class: "btn btn-sm btn-outline-secondary", onclick: () => this.onLayer(finding) },
            icon("layers"),
            " ",
            say("show_layer", { n: number(finding.layers[0] + 1) }),
          )
        : null,
    );
  }

  #rest() {
    const rest = [];
    const more = this.shown.length - this.most;
    if (more > 0) {
      const show = () => {
        this.most = this.shown.length;
        this.draw();
      };
      rest.push(el("button", { type: "button", class: "btn btn-outline-secondary", onclick: show }, say("show_more", { n: number(more) })));
    }
    if (this.leftOut) rest.push(el("p", { class: "quiet" }, say("left_out", { n: number(this.leftOut) })));
    return rest;
  }

  #entry(finding) {
    return this.place.querySelector(`[data-finding="${finding.id}"]`)?.closest(".finding");
  }
}

function measured({ measured: value, limit, unit }) {
  return limit === null ? quantity(value, unit) : say("measured_of", { measured: quantity(value, unit), limit: quantity(limit, unit) });
}

function limitOf({ limit, unit, source, mark }) {
  const known = MARKS.has(mark) ? say(`mark_${mark}`) : mark;
  return [quantity(limit, unit), source, known].filter(Boolean).join(" · ");
}

export function placeOf({ layers }) {
  if (!layers) return say("whole_part");
  const [first, last] = layers.map((layer) => layer + 1);
  return first === last ? say("in_layer", { n: number(first) }) : say("in_layers", { first: number(first), last: number(last) });
}

