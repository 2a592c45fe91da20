// One layer as the machine gets it: its fields side by side, down to the single pixel.
// Places are pixels of the canvas that all fields together make: column to the right, row downwards.

import { themeColour } from "./scene.js";
import { Tiles } from "./tiles.js";

const MOST_ZOOM = 48;
const GRID_FROM = 10; // screen pixels a mask pixel, where lines between pixels begin to help
const KEY_STEP_PX = 60;

export class MaskPane {
  // canvas: the element; onLook: told where the pointer is, or null; onDrawn: told after each drawing.
  constructor(canvas, layers, { box, onLook, onDrawn }) {
    Object.assign(this, { canvas, layers, onLook, onDrawn });
    this.pen = canvas.getContext("2d", { alpha: false });
    this.tiles = new Tiles(layers, () => this.draw());
    this.layer = 0;
    this.findings = [];
    this.chosen = null;
    this.probe = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    this.box = box ? this.ofBox(box) : { left: 0, top: 0, right: layers.canvas.columns, bottom: layers.canvas.rows };
    this.center = { column: (this.box.left + this.box.right) / 2, row: (this.box.top + this.box.bottom) / 2 };
    this.zoom = null;
    new ResizeObserver(() => this.#resize()).observe(canvas);
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
    this.#listen();
  }

  show(layer) {
    this.layer = layer;
    this.tiles.forgetAllBut(new Set([layer - 1, layer, layer + 1]));
    this.draw();
  }

  mark(findings, chosen) {
    this.findings = findings;
    this.chosen = chosen;
    this.draw();
  }

  fit() {
    const { left, right, top, bottom } = this.box;
    this.center = { column: (left + right) / 2, row: (top + bottom) / 2 };
    this.zoom = Math.min(MOST_ZOOM, 0.88 * Math.min(this.width / (right - left), this.height / (bottom - top)));
    this.draw();
  }

  goTo(box) {
    this.wanted = box; // a pane that is not shown yet goes there when it is
    if (this.zoom === null) return;
    const { left, right, top, bottom } = this.ofBox(box);
    this.center = { column: (left + right) / 2, row: (top + bottom) / 2 };
    const wanted = 0.3 * Math.min(this.width / Math.max(right - left, 4), this.height / Math.max(bottom - top, 4));
    this.zoom = Math.min(24, Math.max(this.zoom ?? 0, wanted));
    this.draw();
  }

  // A box of the build frame as pixels of the canvas; row 0 is y max.
  ofBox([low, high]) {
    const { left_um: left, top_um: top } = this.layers.canvas;
    const pitch = this.layers.pixel_um;
    return {
      left: (low[0] - left) / pitch,
      right: (high[0] - left) / pitch,
      top: (top - high[1]) / pitch,
      bottom: (top - low[1]) / pitch,
    };
  }

  get umPerPixel() {
    return this.layers.pixel_um / (this.zoom ?? 1);
  }

  draw() {
    if (this.waiting || this.zoom === null) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.#paint();
      this.onDrawn?.();
    });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const step = KEY_STEP_PX / this.zoom;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key in moves) {
      this.center.column += moves[event.key][0];
      this.center.row += moves[event.key][1];
      this.draw();
    } else if (event.key === "+" || event.key === "=") this.zoomBy(1.5);
    else if (event.key === "-") this.zoomBy(1 / 1.5);
    else if (event.key === "f" || event.key === "F") this.fit();
    else return false;
    event.preventDefault();
    return true;
  }

  // The place under x, y stays where it is.
  zoomBy(factor, x = this.width / 2, y = this.height / 2) {
    const before = this.#placeAt(x, y);
    const least = Math.min(0.02, 0.5 * Math.min(this.width / this.layers.canvas.columns, this.height / this.layers.canvas.rows));
    this.zoom = Math.min(MOST_ZOOM, Math.max(least, this.zoom * factor));
    const after = this.#placeAt(x, y);
    this.center.column += before.column - after.column;
    this.center.row += before.row - after.row;
    this.draw();
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    this.ratio = Math.min(devicePixelRatio, 2);
    Object.assign(this, { width, height });
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    if (this.zoom === null) {
      this.fit();
      if (this.wanted) this.goTo(this.wanted);
    }
    this.draw();
  }

  #placeAt(x, y) {
    return {
      column: this.center.column + (x - this.width / 2) / this.zoom,
      row: this.center.row + (y - this.height / 2) / this.zoom,
    };
  }

  #xy(column, row) {
    return [
      (column - this.center.column) * this.zoom + this.width / 2,
      (row - this.center.row) * this.zoom + this.height / 2,
    ];
  }

  #paint() {
    const pen = this.pen;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.globalCompositeOperation = "source-over";
    pen.fillStyle = themeColour("dark-room").getStyle();
    pen.fillRect(0, 0, this.width, this.height);
    this.#paintTiles();
    pen.globalCompositeOperation = "source-over";
    if (this.zoom >= GRID_FROM) this.#paintGrid();
    this.#paintFields();
    for (const finding of this.findings) this.#paintFinding(finding);
    this.#prefetch();
  }

  // Fields that are exposed several times, and fields that overlap, add up as they do in the machine.
  #paintTiles() {
    const pen = this.pen;
    pen.globalCompositeOperation = "lighter";
    pen.imageSmoothingEnabled = this.zoom < 1;
    for (const [field, exposures] of this.#seen(this.layer)) {
      const [x, y, width, height] = this.#rectangle(field);
      for (let exposure = 0; exposure < exposures; exposure += 1) {
        const picture = this.tiles.of(this.layer, field, exposure, this.tiles.coarseness(this.zoom * this.ratio));
        if (picture) pen.drawImage(picture, x, y, width, height);
      }
    }
  }

  #seen(layer) {
    return (this.layers.lit[layer] ?? []).filter(([field]) => {
      const [x, y, width, height] = this.#rectangle(field);
      return x < this.width && y < this.height && x + width > 0 && y + height > 0;
    });
  }

  #rectangle(field) {
    const { row_px: row, column_px: column } = this.layers.fields[field];
    const [columns, rows] = this.layers.field_px;
    return [...this.#xy(column, row), columns * this.zoom, rows * this.zoom];
  }

  #paintGrid() {
    const pen = this.pen;
    const [first, last] = [this.#placeAt(0, 0), this.#placeAt(this.width, this.height)];
    pen.strokeStyle = "rgb(128 140 160 / 35%)";
    pen.lineWidth = 1;
    pen.beginPath();
    for (let column = Math.ceil(first.column); column <= last.column; column += 1) {
      const [x] = this.#xy(column, 0);
      pen.moveTo(Math.round(x) + 0.5, 0);
      pen.lineTo(Math.round(x) + 0.5, this.height);
    }
    for (let row = Math.ceil(first.row); row <= last.row; row += 1) {
      const [, y] = this.#xy(0, row);
      pen.moveTo(0, Math.round(y) + 0.5);
      pen.lineTo(this.width, Math.round(y) + 0.5);
    }
    pen.stroke();
  }

  #paintFields() {
    const pen = this.pen;
    pen.strokeStyle = "rgb(130 160 200 / 55%)";
    pen.lineWidth = 1;
    for (let field = 0; field < this.layers.fields.length; field += 1) {
      const [x, y, width, height] = this.#rectangle(field);
      if (x < this.width && y < this.height && x + width > 0 && y + height > 0) pen.strokeRect(x, y, width, height);
    }
  }

  #paintFinding(finding) {
    const pen = this.pen;
    const isChosen = finding === this.chosen;
    const { left, right, top, bottom } = this.ofBox(finding.box_um);
    const [x, y] = this.#xy(left, top);
    const [x2, y2] = this.#xy(right, bottom);
    const around = isChosen ? 4 : 2;
    pen.strokeStyle = this.#ink(finding.severity);
    pen.lineWidth = isChosen ? 3 : 1.5;
    pen.strokeRect(x - around, y - around, x2 - x + 2 * around, y2 - y + 2 * around);
  }

  // The room is dark in both themes, so the light inks of the dark theme are used in both.
  #ink(severity) {
    return themeColour(`dark-room-${severity}`).getStyle();
  }

  #prefetch() {
    if (this.tiles.isBusy) return;
    const scale = this.tiles.coarseness(this.zoom * this.ratio);
    for (const layer of [this.layer + 1, this.layer - 1]) {
      for (const [field, exposures] of this.#seen(layer)) {
        for (let exposure = 0; exposure < exposures; exposure += 1) this.tiles.fetch(layer, field, exposure, scale);
      }
    }
  }

  #look(x, y) {
    const place = this.#placeAt(x, y);
    const [column, row] = [Math.floor(place.column), Math.floor(place.row)];
    const { left_um: left, top_um: top, columns, rows } = this.layers.canvas;
    if (column < 0 || row < 0 || column >= columns || row >= rows) return null;
    const pitch = this.layers.pixel_um;
    return {
      column,
      row,
      x_um: left + (column + 0.5) * pitch,
      y_um: top - (row + 0.5) * pitch,
      grey: this.#grey(column, row),
    };
  }

  // 0…255 as it is exposed there, or null while only coarse pictures are at hand.
  #grey(column, row) {
    const [columns, rows] = this.layers.field_px;
    let sum = 0;
    for (const [field, exposures] of this.layers.lit[this.layer] ?? []) {
      const { row_px: top, column_px: left } = this.layers.fields[field];
      if (column < left || row < top || column >= left + columns || row >= top + rows) continue;
      for (let exposure = 0; exposure < exposures; exposure += 1) {
        const picture = this.tiles.of(this.layer, field, exposure, 1);
        if (!picture || picture.width !== columns) return null;
        this.probe.drawImage(picture, column - left, row - top, 1, 1, 0, 0, 1, 1);
        sum += this.probe.getImageData(0, 0, 1, 1).data[0];
      }
    }
    return Math.min(sum, 255);
  }

  #listen() {
    const down = new Map();
    const here = (event) => [event.offsetX, event.offsetY];
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      down.set(event.pointerId, here(event));
    });
    this.canvas.addEventListener("pointermove", (event) => {
      const [x, y] = here(event);
      if (this.zoom === null) return;
      if (down.has(event.pointerId)) this.#drag(down, event.pointerId, x, y);
      else this.onLook?.(this.#look(x, y));
    });
    for (const name of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(name, (event) => down.delete(event.pointerId));
    }
    this.canvas.addEventListener("pointerleave", () => this.onLook?.(null));
    this.canvas.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        this.zoomBy(Math.exp(-event.deltaY / 400), ...here(event));
      },
      { passive: false },
    );
  }

  // One finger moves; two also zoom by how far apart they are.
  #drag(down, id, x, y) {
    const [oldX, oldY] = down.get(id);
    const others = [...down].filter(([other]) => other !== id);
    const share = 1 / down.size;
    this.center.column -= ((x - oldX) * share) / this.zoom;
    this.center.row -= ((y - oldY) * share) / this.zoom;
    if (others.length) {
      const [otherX, otherY] = others[0][1];
      const factor = Math.hypot(x - otherX, y - otherY) / Math.max(1, Math.hypot(oldX - otherX, oldY - otherY));
      this.zoomBy(factor, (x + otherX) / 2, (y + otherY) / 2);
    }
    down.set(id, [x, y]);
    this.draw();
  }
}
