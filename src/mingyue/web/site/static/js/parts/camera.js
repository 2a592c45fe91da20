// Ways of looking: fit, six named sides and one from above the corner, flights to a place, keys.

import { MathUtils, Spherical, Vector3 } from "three";

const FLIGHT_MS = 420;
const FILLED = 0.86; // of the view, when it fits
const TURN = Math.PI / 24;
// A hair off the pole: straight from above, "up" would have no direction.
const HAIR = 1e-4;

export const SIDES = {
  corner: new Vector3(-0.62, -1, 0.72),
  top: new Vector3(0, -HAIR, 1),
  front: new Vector3(0, -1, 0),
  right: new Vector3(1, 0, 0),
  back: new Vector3(0, 1, 0),
  left: new Vector3(-1, 0, 0),
  bottom: new Vector3(0, -HAIR, -1),
};
const KEYS = { 0: "corner", 1: "top", 2: "front", 3: "right", 4: "back", 5: "left", 6: "bottom" };

export class Pilot {
  constructor(view) {
    this.view = view;
    this.flight = 0;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    view.controls.addEventListener("start", () => cancelAnimationFrame(this.flight));
  }

  get direction() {
    return this.view.camera.position.clone().sub(this.view.controls.target).normalize();
  }

  fit({ at_once = false } = {}) {
    this.fly({ target: this.view.bounds.center, zoom: this.fitting(this.direction), at_once });
  }

  lookFrom(side, { at_once = false } = {}) {
    const direction = SIDES[side].clone().normalize();
    this.fly({ target: this.view.bounds.center, zoom: this.fitting(direction), direction, at_once });
  }

  // The zoom at which all corners of what there is are just seen from this direction.
  fitting(direction) {
    const { camera, box, bounds } = this.view;
    const sideways = new Vector3(0, 0, 1).cross(direction).normalize();
    const upwards = direction.clone().cross(sideways);
    let [width, height] = [1e-9, 1e-9];
    for (let corner = 0; corner < 8; corner += 1) {
      const from = new Vector3(
        corner & 1 ? box.max.x : box.min.x,
        corner & 2 ? box.max.y : box.min.y,
        corner & 4 ? box.max.z : box.min.z,
      ).sub(bounds.center);
      width = Math.max(width, Math.abs(from.dot(sideways)));
      height = Math.max(height, Math.abs(from.dot(upwards)));
    }
    return FILLED * Math.min(camera.right / width, camera.top / height);
  }

  // Go so near that a box of this radius fills a good part of the view; never nearer than 40 µm across.
  goTo(center, radius) {
    const zoom = this.view.bounds.radius / Math.max(radius * 2.5, 20);
    this.fly({ target: center, zoom: MathUtils.clamp(zoom, 1, this.view.controls.maxZoom) });
  }

  turn(sideways, upwards) {
    const round = new Spherical().setFromVector3(zUpToYUp(this.direction));
    round.theta += sideways * TURN;
    round.phi = MathUtils.clamp(round.phi - upwards * TURN, HAIR, Math.PI - HAIR);
    this.#place(this.view.controls.target, yUpToZUp(new Vector3().setFromSpherical(round)), this.view.camera.zoom);
  }

  nearer(factor) {
    const { camera, controls } = this.view;
    const zoom = MathUtils.clamp(camera.zoom * factor, controls.minZoom, controls.maxZoom);
    this.#place(controls.target, this.direction, zoom);
  }

  fly({ target, zoom, direction = this.direction, at_once = false }) {
    cancelAnimationFrame(this.flight);
    if (at_once || this.calm.matches) return this.#place(target, direction, zoom);
    const { camera, controls } = this.view;
    const from = { target: controls.target.clone(), zoom: camera.zoom, round: sphericalOf(this.direction) };
    const to = { target: target.clone(), round: nearestTurn(sphericalOf(direction), from.round) };
    const began = performance.now();
    const step = (now) => {
      const share = MathUtils.smootherstep(now - began, 0, FLIGHT_MS);
      const round = new Spherical(
        1,
        MathUtils.lerp(from.round.phi, to.round.phi, share),
        MathUtils.lerp(from.round.theta, to.round.theta, share),
      );
      const heading = yUpToZUp(new Vector3().setFromSpherical(round));
      this.#place(from.target.clone().lerp(to.target, share), heading, from.zoom * (zoom / from.zoom) ** share);
      if (share < 1) this.flight = requestAnimationFrame(step);
    };
    this.flight = requestAnimationFrame(step);
  }

  // One view takes over how another one looks.
  follow(other) {
    this.#place(other.view.controls.target, other.direction, other.view.camera.zoom);
  }

  // Whether the key meant something here.
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key in KEYS) this.lookFrom(KEYS[event.key]);
    else if (event.key === "ArrowLeft") this.turn(-1, 0);
    else if (event.key === "ArrowRight") this.turn(1, 0);
    else if (event.key === "ArrowUp") this.turn(0, 1);
    else if (event.key === "ArrowDown") this.turn(0, -1);
    else if (event.key === "+" || event.key === "=") this.nearer(1.25);
    else if (event.key === "-") this.nearer(0.8);
    else if (event.key === "f" || event.key === "F") this.fit();
    else return false;
    event.preventDefault();
    return true;
  }

  #place(target, direction, zoom) {
    const { camera, controls, bounds } = this.view;
    controls.target.copy(target);
    camera.position.copy(target).addScaledVector(direction, 3 * Math.max(bounds.radius, 1));
    camera.zoom = zoom;
    camera.updateProjectionMatrix();
    controls.update();
    camera.updateMatrixWorld(); // whoever picks before the next drawing picks from here
    this.view.draw();
  }
}

// three's spherical coordinates have y up, ours z.
function zUpToYUp({ x, y, z }) {
  return new Vector3(x, z, -y);
}

function yUpToZUp({ x, y, z }) {
  return new Vector3(x, -z, y);
}

function sphericalOf(direction) {
  return new Spherical().setFromVector3(zUpToYUp(direction));
}

// The way round that is shorter.
function nearestTurn(round, other) {
  const turns = Math.round((other.theta - round.theta) / (2 * Math.PI));
  round.theta += 2 * Math.PI * turns;
  return round;
}
