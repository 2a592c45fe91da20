// Two picks on the surface give a distance. Corners attract: what is measured is nearly always from edge to edge.

import { BufferGeometry, Group, Line, LineBasicMaterial, Points, PointsMaterial, Raycaster, Vector2, Vector3 } from "three";
import { themeColour } from "./scene.js";

const CORNER_PX = 9;

export class Measure {
  // onChange: told the picked places, none to two of them.
  constructor(view, surface, { onChange }) {
    this.view = view;
    this.surface = surface;
    this.onChange = onChange;
    this.active = false;
    this.picked = [];
    this.ray = new Raycaster();
    this.ray.firstHitOnly = true;
    this.#build();
    this.#listen();
  }

  start() {
    this.active = true;
    this.clear();
  }

  stop() {
    this.active = false;
    this.clear();
  }

  clear() {
    this.#keep([]);
  }

  // at: −1…1 on the canvas; the middle is where the keyboard picks.
  pick(at = { x: 0, y: 0 }) {
    const place = this.#placeAt(at);
    if (place) this.#keep(this.picked.length === 1 ? [this.picked[0], place] : [place]);
    return place;
  }

  #placeAt(at) {
    this.ray.setFromCamera(new Vector2(at.x, at.y), this.view.camera);
    const planes = this.surface.material.clippingPlanes ?? [];
    this.ray.firstHitOnly = planes.length === 0;
    const hits = this.ray.intersectObject(this.surface.mesh, false);
    const hit = hits.find(({ point }) => planes.every((plane) => plane.distanceToPoint(point) >= 0));
    return hit ? this.#cornerNear(hit) : null;
  }

  #cornerNear(hit) {
    const positions = this.surface.geometry.getAttribute("position");
    const corners = [hit.face.a, hit.face.b, hit.face.c].map((index) =>
      new Vector3().fromBufferAttribute(positions, index).applyMatrix4(this.surface.group.matrixWorld),
    );
    corners.sort((one, other) => one.distanceTo(hit.point) - other.distanceTo(hit.point));
    return corners[0].distanceTo(hit.point) < CORNER_PX * this.view.umPerPixel ? corners[0] : hit.point;
  }

  #keep(picked) {
    this.picked = picked;
    this.ends.geometry.dispose();
    this.ends.geometry = new BufferGeometry().setFromPoints(picked);
    this.line.geometry.dispose();
    this.line.geometry = new BufferGeometry().setFromPoints(picked.length === 2 ? picked : []);
    this.group.visible = picked.length > 0;
    this.onChange(picked);
    this.view.draw();
  }

  #build() {
    const always = { depthTest: false, depthWrite: false };
    this.line = new Line(new BufferGeometry(), new LineBasicMaterial(always));
    this.ends = new Points(new BufferGeometry(), new PointsMaterial({ ...always, size: 9, sizeAttenuation: false }));
    this.line.renderOrder = this.ends.renderOrder = 9;
    this.line.frustumCulled = this.ends.frustumCulled = false;
    this.group = new Group().add(this.line, this.ends);
    this.view.scene.add(this.group);
    this.view.onRepaint(() => {
      for (const one of [this.line, this.ends]) one.material.color.copy(themeColour("measure"));
    });
  }

  #listen() {
    let pressed = null;
    this.view.canvas.addEventListener("pointerdown", (event) => {
      pressed = { x: event.clientX, y: event.clientY };
    });
    this.view.canvas.addEventListener("click", (event) => {
      const isTap = pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) <= 4;
      if (this.active && isTap) this.pick(this.view.ofEvent(event));
    });
  }
}
