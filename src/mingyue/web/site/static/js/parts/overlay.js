// Two surfaces in one view, in two colours: the new one solid, the old one like glass over it; or one of them alone.

import { Matrix4 } from "three";
import { Pilot } from "./camera.js";
import { Marks } from "./marks.js";
import { rulerIn } from "./ruler.js";
import { View } from "./scene.js";
import { Surface, readSurface } from "./surface.js";

const GLASS = 0.5;

export class Overlay {
  // onPick(finding)
  constructor(host, { onPick }) {
    this.view = new View(host);
    this.view.canvas.setAttribute("aria-hidden", "true");
    this.pilot = new Pilot(this.view);
    this.view.onDrawn(rulerIn(host, () => this.view.umPerPixel));
    this.marks = new Marks(this.view, { onPick, onHover: (finding) => (this.view.canvas.style.cursor = finding ? "pointer" : "") });
    this.surfaces = {};
    host.addEventListener("keydown", (event) => event.target === host && this.pilot.key(event));
  }

  // addresses: { was, now }, of which one may be missing; moved: so far the old one is moved, to lie where the new one does.
  async load(addresses, moved) {
    const names = ["now", "was"].filter((name) => addresses[name]);
    const read = await Promise.all(names.map((name) => readSurface(addresses[name])));
    names.forEach((name, at) => {
      this.surfaces[name] = new Surface(this.view, read[at], { tint: name });
    });
    this.surfaces.was?.place(new Matrix4().makeTranslation(...moved));
    const [first, ...others] = Object.values(this.surfaces).map(({ box }) => box);
    if (!first) return;
    for (const box of others) first.union(box);
    this.view.surround(first);
    this.pilot.lookFrom("corner", { at_once: true });
    this.show("both");
    this.view.host.classList.add("is-ready");
  }

  // which: was, now or both
  show(which) {
    for (const [name, surface] of Object.entries(this.surfaces)) surface.show(which === "both" || which === name);
    this.surfaces.was?.fade(which === "both" && this.surfaces.now ? GLASS : 1);
  }

  choose(finding) {
    this.marks.choose(finding);
    if (!finding) return;
    const { center, radius } = this.marks.sphereOf(finding);
    this.pilot.goTo(center, radius);
  }
}
