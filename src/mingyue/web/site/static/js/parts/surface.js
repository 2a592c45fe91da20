// A GLB becomes a surface that can be shown and picked. Positions are µm, z up, as the file has them.

import { Matrix4, Mesh, MeshLambertMaterial, EdgesGeometry, LineSegments, LineBasicMaterial, Group, DoubleSide, Box3 } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { MeshBVH, acceleratedRaycast } from "three-mesh-bvh";
import { themeColour } from "./scene.js";

Mesh.prototype.raycast = acceleratedRaycast;

// Beyond this, finding edges would hold up the page longer than they are worth.
const MOST_TRIANGLES_WITH_EDGES = 60_000;
const SHARP_DEG = 32;

export async function readSurface(address) {
  const { scene } = await new GLTFLoader().loadAsync(address);
  let geometry = null;
  scene.traverse((one) => {
    geometry ??= one.geometry ?? null;
  });
  geometry.boundsTree = new MeshBVH(geometry);
  geometry.computeBoundingBox();
  return geometry;
}

// PLACEMENT of the server: build = matrix · part + offset.
export function matrixOf({ matrix: [x, y, z], offset_um: at }) {
  return new Matrix4().set(...x, at[0], ...y, at[1], ...z, at[2], 0, 0, 0, 1);
}

// In the middle of the platform and on it, turned by a 3×3 matrix if there is one; what the server does, too.
export function standing(geometry, turn = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]) {
  const matrix = matrixOf({ matrix: turn, offset_um: [0, 0, 0] });
  const box = new Box3().setFromBufferAttribute(geometry.getAttribute("position").clone().applyMatrix4(matrix));
  const middle = [(box.min.x + box.max.x) / 2, (box.min.y + box.max.y) / 2, box.min.z];
  return matrixOf({ matrix: turn, offset_um: middle.map((value) => -value) });
}

export class Surface {
  // tint: the token of its colour, where the geometry brings none.
  constructor(view, geometry, { coloured = false, tint = "surface" } = {}) {
    this.view = view;
    this.tint = tint;
    this.geometry = geometry;
    this.material = new MeshLambertMaterial({ side: DoubleSide, flatShading: true, vertexColors: coloured });
    this.material.polygonOffset = true; // lets edges lie on the faces
    this.material.polygonOffsetFactor = this.material.polygonOffsetUnits = 1;
    this.mesh = new Mesh(geometry, this.material);
    this.group = new Group();
    this.group.add(this.mesh);
    this.group.matrixAutoUpdate = false;
    if (!coloured && geometry.index.count / 3 <= MOST_TRIANGLES_WITH_EDGES) this.#outline();
    view.scene.add(this.group);
    view.onRepaint(() => this.#paint(coloured));
  }

  place(matrix) {
    this.group.matrix.copy(matrix);
    this.group.updateMatrixWorld(true);
    this.view.draw();
  }

  get box() {
    return this.geometry.boundingBox.clone().applyMatrix4(this.group.matrix);
  }

  show(visible) {
    this.group.visible = visible;
    this.view.draw();
  }

  // Below 1 it is like glass: what lies behind is seen, and where both lie alike, both colours.
  fade(opacity) {
    const isGlass = opacity < 1;
    Object.assign(this.material, { opacity, transparent: isGlass, depthWrite: !isGlass, needsUpdate: true });
    this.material.polygonOffsetFactor = this.material.polygonOffsetUnits = isGlass ? 0 : 1;
    this.mesh.renderOrder = isGlass ? 1 : 0;
    this.view.draw();
  }

  clip(planes) {
    this.material.clippingPlanes = planes;
    if (this.edges) this.edges.material.clippingPlanes = planes;
  }

  #outline() {
    this.edges = new LineSegments(new EdgesGeometry(this.geometry, SHARP_DEG), new LineBasicMaterial());
    this.edges.material.transparent = true;
    this.edges.material.opacity = 0.55;
    this.edges.raycast = () => {};
    this.group.add(this.edges);
  }

  #paint(coloured) {
    this.material.color.copy(coloured ? themeColour("on-surface") : themeColour(this.tint));
    this.edges?.material.color.copy(themeColour("surface-edge"));
  }
}
