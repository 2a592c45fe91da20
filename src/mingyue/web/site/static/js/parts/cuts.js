// Where a plane meets a surface: the outline by the BVH, the section as a clipped part with its cut filled.

import {
  AlwaysStencilFunc,
  BackSide,
  BufferGeometry,
  DecrementWrapStencilOp,
  DoubleSide,
  Float32BufferAttribute,
  FrontSide,
  Group,
  IncrementWrapStencilOp,
  Line3,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  NotEqualStencilFunc,
  Plane,
  PlaneGeometry,
  ReplaceStencilOp,
  Vector3,
} from "three";
import { themeColour } from "./scene.js";

const AXES = { x: new Vector3(1, 0, 0), y: new Vector3(0, 1, 0), z: new Vector3(0, 0, 1) };

// The outline in which a plane of the build frame cuts the surface: positions of line ends, six numbers a line.
export function outlineOf(surface, plane) {
  const toBuild = surface.group.matrixWorld;
  const local = plane.clone().applyMatrix4(new Matrix4().copy(toBuild).invert());
  const [edge, hit] = [new Line3(), new Vector3()];
  const numbers = [];
  surface.geometry.boundsTree.shapecast({
    intersectsBounds: (box) => local.intersectsBox(box),
    intersectsTriangle: ({ a, b, c }) => {
      const ends = [];
      for (const [start, end] of [[a, b], [b, c], [c, a]]) {
        edge.set(start, end);
        if (local.intersectLine(edge, hit)) ends.push(hit.clone().applyMatrix4(toBuild));
      }
      const other = ends.find((end) => end.distanceToSquared(ends[0]) > 0);
      if (other) numbers.push(...ends[0].toArray(), ...other.toArray());
    },
  });
  return numbers;
}

// The plane of a layer: a thin sheet, and in it the outline of what is made there.
export class LayerPlane {
  constructor(view, surface) {
    this.view = view;
    this.surface = surface;
    this.group = new Group();
    this.group.visible = false;
    this.sheet = new Mesh(
      new PlaneGeometry(1, 1),
      new MeshBasicMaterial({ transparent: true, opacity: 0.13, side: DoubleSide, depthWrite: false }),
    );
    this.outline = new LineSegments(new BufferGeometry(), new LineBasicMaterial({ depthTest: false }));
    this.outline.renderOrder = 5;
    this.group.add(this.sheet, this.outline);
    view.scene.add(this.group);
    view.onRepaint(() => {
      this.sheet.material.color.copy(themeColour("accent"));
      this.outline.material.color.copy(themeColour("accent"));
    });
  }

  show(z) {
    const box = this.surface.box;
    const around = 0.06 * Math.max(box.max.x - box.min.x, box.max.y - box.min.y);
    this.sheet.scale.set(box.max.x - box.min.x + 2 * around, box.max.y - box.min.y + 2 * around, 1);
    this.sheet.position.set((box.min.x + box.max.x) / 2, (box.min.y + box.max.y) / 2, z);
    const numbers = outlineOf(this.surface, new Plane(new Vector3(0, 0, 1), -z));
    this.outline.geometry.dispose();
    this.outline.geometry = new BufferGeometry().setAttribute("position", new Float32BufferAttribute(numbers, 3));
    this.outline.frustumCulled = false;
    this.group.visible = true;
    this.view.draw();
  }

  clip(planes) {
    for (const one of [this.sheet, this.outline]) one.material.clippingPlanes = planes;
  }

  hide() {
    this.group.visible = false;
    this.view.draw();
  }
}

// What lies on the far side of the plane is not drawn; the cut is filled where the stencil counts "inside".
export class Section {
  constructor(view, surface) {
    this.view = view;
    this.surface = surface;
    this.plane = new Plane(new Vector3(-1, 0, 0), 0);
    this.counted = new Group();
    this.counted.matrixAutoUpdate = false;
    for (const [side, order] of [[BackSide, IncrementWrapStencilOp], [FrontSide, DecrementWrapStencilOp]]) {
      this.counted.add(new Mesh(surface.geometry, countingMaterial(side, order, this.plane)));
    }
    for (const one of this.counted.children) {
      one.renderOrder = 1;
      one.raycast = () => {};
    }
    this.fill = new Mesh(
      new PlaneGeometry(1, 1),
      new MeshBasicMaterial({
        side: DoubleSide,
        stencilWrite: true,
        stencilRef: 0,
        stencilFunc: NotEqualStencilFunc,
        stencilFail: ReplaceStencilOp,
        stencilZFail: ReplaceStencilOp,
        stencilZPass: ReplaceStencilOp,
      }),
    );
    this.fill.renderOrder = 2;
    this.fill.onAfterRender = (renderer) => renderer.clearStencil();
    view.onRepaint(() => this.fill.material.color.copy(themeColour("cut")));
    this.hide();
    view.scene.add(this.counted, this.fill);
  }

  // share: 0…1 of the part along the axis. Answers where the plane then lies, in µm.
  show(axis, share, isFlipped) {
    const { min, max } = this.surface.box;
    const at = min[axis] + share * (max[axis] - min[axis]);
    this.plane.normal.copy(AXES[axis]).multiplyScalar(isFlipped ? 1 : -1);
    this.plane.constant = isFlipped ? -at : at;
    this.surface.clip([this.plane]);
    this.counted.matrix.copy(this.surface.group.matrix);
    this.counted.visible = this.fill.visible = true;
    const span = 3 * this.view.bounds.radius;
    this.fill.scale.set(span, span, 1);
    const middle = min.clone().add(max).multiplyScalar(0.5);
    this.plane.projectPoint(middle, this.fill.position);
    this.fill.lookAt(this.fill.position.clone().add(AXES[axis]));
    this.view.draw();
    return at;
  }

  hide() {
    this.counted.visible = this.fill.visible = false;
    this.surface.clip(null);
    this.view.draw();
  }
}

function countingMaterial(side, order, plane) {
  return new MeshBasicMaterial({
    side,
    clippingPlanes: [plane],
    depthWrite: false,
    depthTest: false,
    colorWrite: false,
    stencilWrite: true,
    stencilFunc: AlwaysStencilFunc,
    stencilFail: order,
    stencilZFail: order,
    stencilZPass: order,
  });
}
