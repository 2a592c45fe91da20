// The view of the part on the page: canvas, tools over it, what is picked and measured.

import { Matrix4 } from "three";
import { byId, el } from "./dom.js";
import { Pilot, SIDES } from "./camera.js";
import { LayerPlane, Section } from "./cuts.js";
import { Marks } from "./marks.js";
import { Measure } from "./measure.js";
import { addPlatform } from "./platform.js";
import { rulerIn } from "./ruler.js";
import { View } from "./scene.js";
import { Surface, matrixOf, readSurface, standing } from "./surface.js";
import { length, say } from "./words.js";

export class Stage {
  constructor({ onPick }) {
    this.host = byId("view");
    this.view = new View(this.host);
    this.view.canvas.setAttribute("aria-hidden", "true");
    this.pilot = new Pilot(this.view);
    this.tip = byId("view-tip");
    this.view.onDrawn(rulerIn(this.host, () => this.view.umPerPixel));
    this.marks = new Marks(this.view, { onPick: (finding) => !this.measure?.active && onPick(finding), onHover: (finding, event) => this.#hover(finding, event) });
    this.host.addEventListener("keydown", (event) => this.#key(event));
    this.#tools();
  }

  async show(address, placement, isSimplified) {
    const geometry = await readSurface(address);
    this.geometry = geometry;
    this.isSimplified = isSimplified;
    this.surface = new Surface(this.view, geometry);
    this.layer = new LayerPlane(this.view, this.surface);
    this.section = new Section(this.view, this.surface);
    this.measure = new Measure(this.view, this.surface, { onChange: (picked) => this.#measured(picked) });
    this.view.onDrawn(() => this.#moveLabel());
    this.place(placement ? matrixOf(placement) : standing(geometry));
    this.pilot.lookFrom("corner", { at_once: true });
    this.host.classList.add("is-ready");
  }

  place(matrix) {
    this.surface.place(matrix ?? new Matrix4());
    this.platform?.removeFromParent();
    this.platform = addPlatform(this.view, this.surface.box);
    this.view.surround(this.surface.box);
    if (!byId("section-tool").hidden) this.#cut();
  }

  // As the check laid it: its findings and layers are in that frame.
  lay(placement) {
    const key = JSON.stringify(placement);
    if (this.laid === key) return;
    this.laid = key;
    this.place(matrixOf(placement));
    this.layer.hide();
  }

  // How it would lie; null: as it lies.
  preview(turn, placement) {
    this.place(turn ? standing(this.geometry, turn) : placement ? matrixOf(placement) : standing(this.geometry));
    this.marks.visible(!turn && byId("tool-marks").getAttribute("aria-pressed") === "true");
    this.marks.chosen.visible = !turn;
    this.layer.hide();
    this.pilot.lookFrom("corner");
  }

  async showDeviation(address) {
    if (this.deviationAddress !== address) {
      this.deviation?.group.removeFromParent();
      this.deviation = new Surface(this.view, await readSurface(address), { coloured: true });
      this.deviationAddress = address;
    }
    this.deviation.show(true);
    this.surface.show(false);
    this.marks.visible(false); // they would cover the colours
  }

  hideDeviation() {
    this.deviation?.show(false);
    this.surface?.show(true);
    this.marks.visible(byId("tool-marks").getAttribute("aria-pressed") === "true");
  }

  choose(finding, { fly = true } = {}) {
    this.marks.choose(finding);
    if (!finding || !fly) return;
    const sphere = this.marks.sphereOf(finding);
    this.pilot.goTo(sphere.center, sphere.radius);
  }

  #tools() {
    byId("tool-fit").addEventListener("click", () => this.pilot.fit());
    for (const side of Object.keys(SIDES)) byId(`look-${side}`).addEventListener("click", () => this.pilot.lookFrom(side));
    toggle("tool-marks", (on) => this.marks.visible(on));
    toggle("tool-section", (on) => {
      byId("section-tool").hidden = !on;
      if (on) this.#cut();
      else if (this.section) {
        for (const one of [this.marks, this.layer]) one.clip(null);
        this.section.hide();
      }
    });
    byId("section-tool").addEventListener("input", () => this.#cut());
    toggle("tool-measure", (on) => {
      byId("measure-tool").hidden = !on;
      this.host.classList.toggle("is-measuring", on);
      if (on) this.measure?.start();
      else this.measure?.stop();
    });
    this.view.canvas.addEventListener("pointerdown", () => this.host.focus({ preventScroll: true }));
  }

  #cut() {
    if (!this.section) return;
    const form = byId("section-tool");
    this.marks.clip([this.section.plane]);
    this.layer.clip([this.section.plane]);
    const at = this.section.show(form.elements.axis.value, form.elements.share.value / 1000, form.elements.flip.checked);
    const text = `${form.elements.axis.value} = ${length(at)}`;
    form.elements.share.setAttribute("aria-valuetext", text);
    byId("section-at").textContent = text;
  }

  #key(event) {
    if (event.target !== this.host) return;
    if (event.key === "Escape" && this.measure?.active) this.measure.clear();
    else if (event.key === "Enter" && this.measure?.active) this.measure.pick();
    else this.pilot.key(event);
  }

  #hover(finding, event) {
    this.view.canvas.style.cursor = finding ? "pointer" : "";
    this.tip.hidden = !finding;
    this.onHint?.(finding);
    if (!finding) return;
    this.tip.textContent = finding.title;
    this.tip.style.left = `${event.offsetX + 14}px`;
    this.tip.style.top = `${event.offsetY + 14}px`;
  }

  #measured(picked) {
    const place = byId("measured");
    this.label = picked.length === 2 ? picked : null;
    byId("measure-label").hidden = !this.label;
    if (picked.length < 2) {
      place.replaceChildren(el("p", {}, say(picked.length ? "measure_second" : "measure_first")));
      return;
    }
    const [from, to] = picked;
    const apart = from.distanceTo(to);
    const along = ["x", "y", "z"].map((axis) => [`Δ${axis}`, length(Math.abs(to[axis] - from[axis]))]);
    const facts = [[say("distance"), length(apart)], ...along];
    place.replaceChildren(
      el("dl", { class: "measured" }, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { class: "num" }, value)))),
      this.isSimplified ? el("p", { class: "quiet" }, say("measure_simplified")) : "",
    );
    byId("measure-label").textContent = length(apart);
    this.#moveLabel();
  }

  #moveLabel() {
    if (!this.label) return;
    const [from, to] = this.label;
    const { x, y } = this.view.onCanvas(from.clone().add(to).multiplyScalar(0.5));
    const label = byId("measure-label");
    label.style.left = `${x}px`;
    label.style.top = `${y}px`;
  }
}

function toggle(id, set) {
  const button = byId(id);
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    set(on);
  });
}
