// The slider through the layers: the masks beside it, the layer's plane in the view.

import { get } from "./asking.js";
import { byId } from "./dom.js";
import { MaskPane } from "./masks.js";
import { rulerIn } from "./ruler.js";
import { length, number, say } from "./words.js";

export class Layers {
  // onLayer(z of its cut in µm, or null)
  constructor({ onLayer }) {
    this.onLayer = onLayer;
    this.pane = byId("masks-pane");
    this.slider = byId("layer-slider");
    this.findings = [];
    this.slider.addEventListener("input", () => this.#move());
    byId("layer-down").addEventListener("click", () => this.show(this.layer - 1));
    byId("layer-up").addEventListener("click", () => this.show(this.layer + 1));
    byId("masks-fit").addEventListener("click", () => this.masks?.fit());
    byId("masks-pixels").addEventListener("click", () => this.masks?.zoomBy(16 / this.masks.zoom));
    byId("masks-host").addEventListener("keydown", (event) => this.#key(event));
  }

  get layer() {
    return Number(this.slider.value);
  }

  get isThere() {
    return Boolean(this.layers);
  }

  async open(address, box) {
    if (this.address === address) return;
    this.address = address;
    byId("layer-strip").hidden = this.pane.hidden = address === null;
    this.layers = null;
    if (address === null) return;
    const layers = await get(address);
    if (this.address !== address) return;
    this.layers = layers;
    const canvas = byId("masks").cloneNode(false); // a fresh one: nothing listens on it for the layers before
    byId("masks").replaceWith(canvas);
    const onDrawn = rulerIn(byId("masks-host"), () => this.masks.umPerPixel);
    this.masks = new MaskPane(canvas, layers, { box, onLook: (seen) => this.#look(seen), onDrawn });
    this.slider.max = layers.count - 1;
    this.slider.value = Math.floor(layers.count / 2);
    this.#move({ isFirst: true });
  }

  mark(findings, chosen) {
    Object.assign(this, { findings, chosen });
    this.#markLayer();
  }

  show(layer) {
    if (!this.layers) return;
    this.slider.value = Math.max(0, Math.min(this.layers.count - 1, layer));
    this.#move();
  }

  goTo(finding) {
    if (!this.layers || !finding.layers) return;
    const [first, last] = finding.layers;
    if (this.layer < first || this.layer > last) this.show(Math.floor((first + last) / 2));
    this.masks.goTo(finding.box_um);
  }

  #move({ isFirst = false } = {}) {
    const bottom = this.layers.z_um[this.layer];
    const top = bottom + this.layers.thickness_um[this.layer];
    const values = { n: number(this.layer + 1), count: number(this.layers.count), low: number(bottom, 2), high: number(top, 2) };
    byId("layer-number").textContent = say("layer_of", values);
    byId("layer-z").textContent = say("layer_z", values);
    this.slider.setAttribute("aria-valuetext", `${say("layer_of", values)}, ${say("layer_z", values)}`);
    this.masks.show(this.layer);
    this.#markLayer();
    if (!isFirst) this.onLayer((bottom + top) / 2);
  }

  #markLayer() {
    const here = this.findings.filter(({ layers }) => layers && layers[0] <= this.layer && this.layer <= layers[1]);
    this.masks?.mark(here, this.chosen);
    const dark = this.layers && (this.layers.lit[this.layer] ?? []).length === 0;
    byId("masks-dark").hidden = !dark;
  }

  #key(event) {
    if (event.key === "PageUp" || event.key === "PageDown") {
      this.show(this.layer + (event.key === "PageUp" ? 1 : -1));
      event.preventDefault();
    } else this.masks?.key(event);
  }

  #look(seen) {
    const told = byId("masks-look");
    if (!seen) {
      told.textContent = say("pixel_size", { size: length(this.layers.pixel_um) });
      return;
    }
    const values = { column: number(seen.column), row: number(seen.row), x: number(seen.x_um, 1), y: number(seen.y_um, 1), grey: seen.grey ?? "–" };
    told.textContent = say("pixel_at", values);
  }
}
