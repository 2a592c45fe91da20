// The form that asks for a check with another machine, resin or layer; its choices come when it is first opened.

import { get, post } from "./asking.js";
import { byId, el, problem } from "./dom.js";
import { length, say } from "./words.js";

export class AskedChecks {
  // onAsked(id of the check)
  constructor(urls, { onAsked }) {
    Object.assign(this, { urls, onAsked });
    this.form = byId("ask-check");
    this.box = byId("ask-check-box");
    this.box.addEventListener("toggle", () => this.box.open && this.#fill());
    this.form.elements.machine.addEventListener("change", () => this.#fitTo());
    this.form.addEventListener("submit", (event) => this.#send(event));
  }

  update(revision, mayAsk) {
    this.revision = revision;
    this.box.hidden = !mayAsk || revision?.state !== "read";
  }

  async #fill() {
    if (this.machines) return;
    try {
      this.machines = (await get(this.urls.machines)).machines;
    } catch (error) {
      this.#complain(error);
      return;
    }
    const select = this.form.elements.machine;
    select.replaceChildren(...this.machines.map(({ id, name, facility }) => el("option", { value: id }, `${name} — ${facility}`)));
    byId("no-machines").hidden = this.machines.length > 0;
    byId("ask-check-fields").disabled = this.machines.length === 0;
    this.#fitTo();
  }

  #fitTo() {
    const machine = this.machines.find(({ id }) => String(id) === this.form.elements.machine.value);
    if (!machine) return;
    this.form.elements.resin.replaceChildren(...machine.resins.map(({ id, name }) => el("option", { value: id }, name)));
    const layer = this.form.elements.layer_um;
    const [low, high] = machine.layer_um ?? [0.1, 1000];
    Object.assign(layer, { min: low, max: high });
    if (layer.value) layer.value = Math.min(high, Math.max(low, Number(layer.value)));
    byId("layer-range").textContent = machine.layer_um ? say("layer_range", { low: length(low), high: length(high) }) : "";
  }

  async #send(event) {
    event.preventDefault();
    const { machine, resin, layer_um: layer } = this.form.elements;
    const asked = { machine: machine.value, resin: resin.value };
    if (layer.value) asked.layer_um = Number(layer.value);
    byId("ask-check-problem").replaceChildren();
    try {
      const { check } = await post(this.urls.ask_check.replace("{revision}", this.revision.id), asked);
      this.box.open = false;
      this.onAsked(check);
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(error) {
    byId("ask-check-problem").replaceChildren(problem(error));
  }
}
