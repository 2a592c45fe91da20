// A revision on its way in: waiting, being read, refused with a reason, or asking what its numbers mean.

import { post } from "./asking.js";
import { byId, el, problem, progressLine } from "./dom.js";
import { say, size } from "./words.js";

const UM = { um: 1, mm: 1e3, inch: 25_400, m: 1e6 };

export class Reading {
  constructor(urls) {
    this.urls = urls;
    this.place = byId("reading");
  }

  update(revision, mayChange) {
    const key = JSON.stringify([revision?.id, revision?.state, revision?.problem]);
    if (this.key === key) return;
    this.key = key;
    this.place.hidden = !revision || revision.state === "read";
    if (this.place.hidden) return;
    if (revision.problem?.kind === "units") this.place.replaceChildren(this.#units(revision, mayChange));
    else if (revision.problem) this.place.replaceChildren(problem(revision.problem));
    else this.place.replaceChildren(progressLine(revision.state_said, 0), el("p", { class: "quiet" }, say("reading_about")));
  }

  #units({ id, problem: { message, size: numbers } }, mayChange) {
    const choices = Object.entries(UM).map(([unit, um]) =>
      el(
        "label",
        { class: "unit-choice" },
        el("input", { type: "radio", name: "units", value: unit, required: true, class: "form-check-input" }),
        el("span", {}, say(`unit_${unit}`)),
        el("span", { class: "quiet num" }, numbers ? size(numbers.map((value) => value * um)) : ""),
      ),
    );
    const trouble = el("div");
    const form = el(
      "form",
      { class: "form-stack" },
      el("fieldset", {}, el("legend", {}, message), el("p", { class: "quiet" }, say("units_about")), ...choices),
      trouble,
      el("div", {}, el("button", { class: "btn btn-primary" }, say("units_send"))),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const units = new FormData(form).get("units");
      await post(this.urls.say_units.replace("{revision}", id), { units }).catch((error) => trouble.replaceChildren(problem(error)));
    });
    return mayChange ? form : el("p", {}, message);
  }
}
