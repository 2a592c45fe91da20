// The platform under the part: a grid of a round pitch, its zero, and how wide its cells are.

import { BufferGeometry, Float32BufferAttribute, Group, LineBasicMaterial, LineSegments } from "three";
import { roundBelow } from "./ruler.js";
import { themeColour } from "./scene.js";

const CELLS = 16;

export function addPlatform(view, box) {
  const span = Math.max(box.max.x - box.min.x, box.max.y - box.min.y, 1) * 1.5;
  const pitch = roundBelow(span / CELLS) * 2;
  const half = Math.ceil(span / 2 / pitch);
  const lines = [];
  const axes = [];
  for (let index = -half; index <= half; index += 1) {
    const [at, end] = [index * pitch, half * pitch];
    (index === 0 ? axes : lines).push(at, -end, 0, at, end, 0, -end, at, 0, end, at, 0);
  }
  const group = new Group();
  for (const [points, name] of [[lines, "line"], [axes, "line-strong"]]) {
    const drawn = new LineSegments(
      new BufferGeometry().setAttribute("position", new Float32BufferAttribute(points, 3)),
      new LineBasicMaterial({ depthWrite: false }),
    );
    drawn.renderOrder = -1;
    view.onRepaint(() => drawn.material.color.copy(themeColour(name)));
    group.add(drawn);
  }
  group.position.z = -0.0005 * span; // just below, so that the bottom face hides it
  view.scene.add(group);
  return group;
}
