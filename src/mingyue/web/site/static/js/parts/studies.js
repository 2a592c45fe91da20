// What is worked out only when somebody asks: ways of laying the part, and how far the print is predicted to deviate.

import { announce } from "../announce.js";
import { post } from "./asking.js";
import { byId, el, icon, problem, progressLine } from "./dom.js";
import { duration, length, number, percent, say } from "./words.js";
import { isUnderWay } from "./verdict.js";

// A model knows no more than this.
function hundredths(um) {
  return number(Math.abs(um) < 0.005 ? 0 : um, 2);
}

export class Studies {
  // onTurn(matrix | null), onDeviation(address | null), onAsked(id of the check that lies otherwise)
  constructor(urls, { onTurn, onDeviation, onAsked }) {
    Object.assign(this, { urls, onTurn, onDeviation, onAsked });
    this.turned = null;
    this.coloured = false;
  }

  update(check, mayAsk, canDraw) {
    if (this.check?.id !== check?.id) {
      this.#turn(null);
      this.#colour(null);
    }
    Object.assign(this, { check, mayAsk, canDraw });
    this.#draw("orientations", check?.orientations, (result) => this.#choices(result));
    this.#draw("deviation", check?.deviation, (result) => this.#deviations(result));
  }

  #draw(kind, study, told) {
    const place = byId(kind);
    const key = JSON.stringify([this.check?.id, this.check?.state, study, this.mayAsk]);
    if (place.dataset.drawn === key) return;
    place.dataset.drawn = key;
    if (study?.state === "done" && study.result) place.replaceChildren(...told(study.result));
    else if (isUnderWay(study)) place.replaceChildren(progressLine(study.doing || study.state_said, study.done));
    else place.replaceChildren(...this.#offer(kind, study));
  }

  #offer(kind, study) {
    const told = [el("p", {}, say(`${kind}_about`))];
    if (study?.state === "failed") told.push(problem(study.problem ?? { message: study.state_said }));
    if (!this.check || this.check.state !== "done") return [...told, el("p", { class: "quiet" }, say("after_the_check"))];
    if (!this.mayAsk) return told;
    const ask = el("button", { type: "button", class: "btn btn-outline-secondary" }, say(`${kind}_ask`));
    ask.addEventListener("click", async () => {
      ask.disabled = true;
      const address = this.urls.ask_study.replace("{check}", this.check.id).replace("{kind}", kind);
      await post(address).catch((error) => {
        ask.disabled = false;
        announce([error.message, error.remedy].filter(Boolean).join(" "));
      });
    });
    return [...told, el("p", {}, ask)];
  }

  #choices({ tried, choices }) {
    const head = ["lying", "turned_by", "supported", "layers", "fields_exposed", "printing_time", "height"];
    const rows = choices.map((choice) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, choice.names.join(", "), choice.fits ? null : el("span", { class: "severity severity-fails" }, icon("fails"), say("does_not_fit"))),
        el("td", { class: "num" }, choice.rotate_deg.map((angle) => number(angle, 1)).join("°, ") + "°"),
        el("td", { class: "num" }, `${number(choice.supported_mm2, 4)} mm²`),
        el("td", { class: "num" }, number(choice.layers)),
        el("td", { class: "num" }, number(choice.exposures)),
        el("td", { class: "num" }, duration(choice.time_s)),
        el("td", { class: "num" }, length(choice.height_um)),
        el("td", {}, this.canDraw ? this.#previewButton(choice) : null),
        el("td", {}, this.mayAsk && choice.fits ? this.#checkButton(choice) : null),
      ),
    );
    const heads = head.map((name, at) => el("th", { scope: "col", class: at ? "num" : null }, say(name)));
    return [
      el("p", {}, say("orientations_tried", { n: number(tried) })),
      el(
        "div",
        { class: "table-responsive", tabindex: 0, role: "group", "aria-label": say("orientations") },
        el("table", { class: "table" }, el("thead", {}, el("tr", {}, ...heads, el("td", {}), el("td", {}))), el("tbody", {}, ...rows)),
      ),
      el("p", { class: "quiet" }, say("orientations_how")),
    ];
  }

  #previewButton(choice) {
    const button = el("button", { type: "button", class: "btn btn-sm btn-outline-secondary", "aria-pressed": "false" }, say("preview"));
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      for (const other of byId("orientations").querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", String(on));
      this.#turn(on ? choice : null);
    });
    return button;
  }

  // The same machine, resin and layer, and the part turned so: a check of its own, with its own masks and estimate.
  #checkButton({ rotate_deg: rotation, names }) {
    const { machine, resin, layer_um } = this.check;
    const address = this.urls.ask_check.replace("{revision}", this.urls.revision);
    const button = el("button", { type: "button", class: "btn btn-sm btn-outline-secondary", "aria-label": say("check_lying", { lying: names.join(", ") }) }, say("check_so"));
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const { check } = await post(address, { machine: machine.id, resin: resin.id, layer_um, rotation });
        this.onAsked(check);
      } catch (error) {
        button.disabled = false;
        announce([error.message, error.remedy].filter(Boolean).join(" "));
      }
    });
    return button;
  }

  #turn(choice) {
    if (this.turned === choice) return;
    this.turned = choice;
    this.onTurn(choice?.matrix ?? null);
  }

  #deviations(result) {
    const facts = [
      [say("within_tolerance", { tolerance: length(result.tolerance_um) }), percent(result.within)],
      [say("deviation_middle"), `${hundredths(result.p5_um)} … ${hundredths(result.p95_um)} µm`],
      [say("deviation_most"), length(result.abs_max_um, 3)],
    ];
    const show = el("button", { type: "button", class: "btn btn-outline-secondary", "aria-pressed": String(this.coloured) }, say("deviation_show"));
    show.addEventListener("click", () => {
      this.#colour(this.coloured ? null : result);
      show.setAttribute("aria-pressed", String(this.coloured));
    });
    return [
      el("dl", { class: "figures figures-small" }, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
      ...(result.notes ?? []).map((note) => el("p", { class: "quiet" }, note)),
      this.canDraw ? el("p", {}, show) : "",
    ];
  }

  #colour(result) {
    if (this.coloured === Boolean(result)) return;
    this.coloured = Boolean(result);
    byId("legend").hidden = !result;
    if (result) {
      byId("legend-low").textContent = `−${length(result.limit_um)}`;
      byId("legend-high").textContent = `+${length(result.limit_um)}`;
    }
    this.onDeviation(result?.glb ?? null);
  }
}
