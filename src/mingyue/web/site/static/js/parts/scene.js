// A view of things in micrometres, z up, drawn only when something changed: scene, camera, controls, theme, size.

import {
  Box3,
  Color,
  DirectionalLight,
  HemisphereLight,
  OrthographicCamera,
  Scene,
  Sphere,
  Vector3,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

// Drawing at more than this costs phones their battery and shows nothing more.
const MOST_PIXEL_RATIO = 2;

export function canDraw() {
  return document.createElement("canvas").getContext("webgl2") !== null;
}

export function themeColour(name) {
  return new Color(getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
}

export class View {
  // Listeners are told after each drawing, so that what lies over the canvas moves with it.
  constructor(host) {
    this.host = host;
    this.scene = new Scene();
    this.camera = new OrthographicCamera();
    this.camera.up.set(0, 0, 1);
    this.halfHeightUm = 1;
    this.box = new Box3(new Vector3(), new Vector3(1, 1, 1));
    this.bounds = new Sphere(new Vector3(), 1);
    this.renderer = new WebGLRenderer({ antialias: true, stencil: true });
    this.renderer.localClippingEnabled = true;
    this.canvas = this.renderer.domElement;
    host.prepend(this.canvas);
    this.controls = new OrbitControls(this.camera, this.canvas);
    this.controls.zoomToCursor = true;
    this.controls.addEventListener("change", () => this.draw());
    this.drawn = [];
    this.repainted = [];
    this.#light();
    new ResizeObserver(() => this.#resize()).observe(host);
    new MutationObserver(() => this.#paint()).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    this.#resize();
    this.#paint();
  }

  // Many changes, one drawing.
  draw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.renderer.render(this.scene, this.camera);
      for (const tell of this.drawn) tell();
    });
  }

  onDrawn(tell) {
    this.drawn.push(tell);
  }

  // Called at once and whenever light turns dark or back.
  onRepaint(paint) {
    this.repainted.push(paint);
    paint();
  }

  get umPerPixel() {
    return (2 * this.camera.top) / (this.camera.zoom * Math.max(1, this.host.clientHeight));
  }

  // What there is to see: the camera's depth and what "fit" means follow from it.
  surround(box) {
    this.box.copy(box);
    box.getBoundingSphere(this.bounds);
    const radius = Math.max(this.bounds.radius, 1);
    this.camera.near = -30 * radius;
    this.camera.far = 30 * radius;
    this.halfHeightUm = radius * 1.15;
    this.controls.minZoom = 0.2;
    this.controls.maxZoom = Math.max(50, radius / 2); // a micrometre is then some pixels wide
    this.#resize();
  }

  // Where a place is on the canvas, in its own pixels.
  onCanvas(point) {
    const seen = point.clone().project(this.camera);
    return { x: ((seen.x + 1) / 2) * this.host.clientWidth, y: ((1 - seen.y) / 2) * this.host.clientHeight };
  }

  // −1…1 in both directions, as rays are cast.
  ofEvent(event) {
    const box = this.canvas.getBoundingClientRect();
    return { x: ((event.clientX - box.left) / box.width) * 2 - 1, y: 1 - ((event.clientY - box.top) / box.height) * 2 };
  }

  #light() {
    const sun = new DirectionalLight(0xffffff, 2.1);
    sun.position.set(-0.5, 0.8, 1.2);
    const glint = new DirectionalLight(0xffffff, 0.45);
    glint.position.set(1.2, -0.6, 0.5);
    this.camera.add(sun, glint); // the light comes along, so no side is ever black
    const sky = new HemisphereLight(0xffffff, 0x8d95a5, 1.15);
    sky.position.set(0, 0, 1);
    this.scene.add(this.camera, sky);
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height) return;
    const aspect = width / height;
    // The smaller side decides, so that what fits does so on a phone held upright.
    const half = this.halfHeightUm / Math.min(1, aspect);
    Object.assign(this.camera, { left: -half * aspect, right: half * aspect, top: half, bottom: -half });
    this.camera.updateProjectionMatrix();
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, MOST_PIXEL_RATIO));
    this.renderer.setSize(width, height);
    this.draw();
  }

  #paint() {
    this.scene.background = themeColour("well");
    for (const paint of this.repainted) paint();
    this.draw();
  }
}
