// The scale bar: a round length, as long on the screen as it is in the view.

import { length } from "./words.js";

const WIDEST_PX = 140;

export function roundBelow(um) {
  const decade = 10 ** Math.floor(Math.log10(um));
  return [5, 2, 1].map((step) => step * decade).find((step) => step <= um);
}

// What keeps it true: call it after each drawing.
export function rulerIn(host, umPerPixel) {
  const bar = host.querySelector("[data-ruler]");
  return () => {
    const um = roundBelow(umPerPixel() * WIDEST_PX);
    bar.style.width = `${um / umPerPixel()}px`;
    bar.textContent = length(um);
  };
}
