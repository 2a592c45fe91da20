// Findings as marks in the view: a sign for each place, in the shape and colour of its severity, and boxes.

import {
  Box3,
  Box3Helper,
  BufferGeometry,
  CanvasTexture,
  Group,
  Points,
  PointsMaterial,
  Sphere,
  Vector3,
} from "three";
import { themeColour } from "./scene.js";

const SIZE_PX = 17;
const REACH_PX = 13;
const LETTERS = { fails: cross, risk: bang, note: point };
const SHAPES = { fails: octagon, risk: triangle, note: disc };

export function boxOf(finding) {
  return new Box3(new Vector3(...finding.box_um[0]), new Vector3(...finding.box_um[1]));
}

// Where it is marked: its places, or the middle of its box where it has none.
export function placesOf(finding) {
  if (finding.points_um.length) return finding.points_um.map((point) => new Vector3(...point));
  return [boxOf(finding).getCenter(new Vector3())];
}

// One sign for a finding; all its places show when it is chosen.
function middleOf(places) {
  return places[Math.floor((places.length - 1) / 2)];
}

export class Marks {
  constructor(view, { onPick, onHover }) {
    this.view = view;
    this.group = new Group();
    this.places = [];
    this.planes = null;
    view.scene.add(this.group);
    this.chosen = new Group();
    view.scene.add(this.chosen);
    this.onPick = onPick;
    this.onHover = onHover;
    this.#listen();
  }

  show(findings) {
    this.group.clear();
    // What concerns the whole part would only be a mark in the middle of nothing.
    const local = findings.filter((finding) => finding.points_um.length || finding.layers);
    this.places = local.map((finding) => ({ at: middleOf(placesOf(finding)), finding }));
    for (const severity of ["note", "risk", "fails"]) {
      const points = this.places.filter(({ finding }) => finding.severity === severity).map(({ at }) => at);
      if (points.length) this.#add(severity, points);
    }
    this.view.draw();
  }

  choose(finding) {
    this.chosen.clear();
    if (finding) {
      const box = boxOf(finding);
      box.expandByScalar(this.view.bounds.radius * 0.001);
      const lines = new Box3Helper(box, themeColour(finding.severity));
      lines.material.depthTest = false;
      lines.renderOrder = 8;
      this.chosen.add(lines);
      this.#add(finding.severity, placesOf(finding), this.chosen, SIZE_PX * 1.6);
    }
    this.view.draw();
  }

  clip(planes) {
    this.planes = planes;
    for (const one of this.group.children) one.material.clippingPlanes = planes;
  }

  visible(shown) {
    this.group.visible = shown;
    this.view.draw();
  }

  sphereOf(finding) {
    return boxOf(finding).getBoundingSphere(new Sphere());
  }

  near(event) {
    if (!this.group.visible) return null;
    const box = this.view.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = null;
    let least = REACH_PX;
    for (const { at, finding } of this.places) {
      if (this.planes?.some((plane) => plane.distanceToPoint(at) < 0)) continue;
      const seen = this.view.onCanvas(at);
      const far = Math.hypot(seen.x - x, seen.y - y);
      if (far < least) [best, least] = [finding, far];
    }
    return best;
  }

  // Twice: strongly where it is seen, and faintly through what lies before it.
  #add(severity, points, group = this.group, size = SIZE_PX) {
    const geometry = new BufferGeometry().setFromPoints(points);
    for (const [depthTest, opacity] of [[false, 0.35], [true, 1]]) {
      const material = new PointsMaterial({
        map: signOf(severity),
        size: size * Math.min(devicePixelRatio, 2),
        sizeAttenuation: false,
        transparent: true,
        alphaTest: 0.05,
        depthTest: depthTest && group !== this.chosen,
        depthWrite: false,
        opacity,
        clippingPlanes: group === this.chosen ? null : this.planes,
      });
      const drawn = new Points(geometry, material);
      drawn.renderOrder = depthTest ? 7 : 6;
      group.add(drawn);
    }
  }

  #listen() {
    let pressed = null;
    this.view.canvas.addEventListener("pointerdown", (event) => {
      pressed = { x: event.clientX, y: event.clientY };
    });
    this.view.canvas.addEventListener("pointerup", (event) => {
      // A drag turns the part; only a tap picks.
      if (!pressed || Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > 4) return;
      const finding = this.near(event);
      if (finding) this.onPick(finding);
    });
    this.view.canvas.addEventListener("pointermove", (event) => {
      if (event.buttons) return;
      this.onHover(this.near(event), event);
    });
    this.view.canvas.addEventListener("pointerleave", (event) => this.onHover(null, event));
  }
}

const signs = new Map();

function signOf(severity) {
  const key = `${severity} ${document.documentElement.dataset.bsTheme}`;
  if (!signs.has(key)) signs.set(key, drawSign(severity));
  return signs.get(key);
}

function drawSign(severity) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const pen = canvas.getContext("2d");
  SHAPES[severity](pen);
  pen.fillStyle = themeColour(severity).getStyle();
  pen.strokeStyle = themeColour("sheet").getStyle();
  pen.lineWidth = 8;
  pen.lineJoin = "round";
  pen.stroke();
  pen.fill();
  pen.strokeStyle = pen.fillStyle = themeColour("sheet").getStyle();
  LETTERS[severity](pen);
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = "srgb";
  return texture;
}

function octagon(pen) {
  pen.beginPath();
  for (let corner = 0; corner < 8; corner += 1) {
    const angle = Math.PI / 8 + (corner * Math.PI) / 4;
    pen.lineTo(32 + 28 * Math.cos(angle), 32 + 28 * Math.sin(angle));
  }
  pen.closePath();
}

function triangle(pen) {
  pen.beginPath();
  pen.moveTo(32, 5);
  pen.lineTo(60, 56);
  pen.lineTo(4, 56);
  pen.closePath();
}

function disc(pen) {
  pen.beginPath();
  pen.arc(32, 32, 25, 0, 2 * Math.PI);
}


function cross(pen) {
  pen.lineWidth = 7;
  pen.beginPath();
  pen.moveTo(22, 22);
  pen.lineTo(42, 42);
  pen.moveTo(42, 22);
  pen.lineTo(22, 42);
  pen.stroke();
}

function bang(pen) {
  pen.fillRect(29, 22, 6, 18);
  pen.fillRect(29, 44, 6, 6);
}

function point(pen) {
  pen.fillRect(29, 28, 6, 18);
  pen.fillRect(29, 17, 6, 6);
}
