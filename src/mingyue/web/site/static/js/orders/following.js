// While checks run: the piece of the page that says how far they are, and what can be done as soon as there is a price.

import { watch } from "../parts/live.js";

const place = document.getElementById("following");

// What was chosen stands beside this piece of the page, and stays.
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return; // asked again at the next news
  const told = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("following");
  if (!told) location.reload(); // there is nothing to wait for any more
  else if (told.innerHTML !== place.innerHTML) place.replaceChildren(...told.childNodes);
}

if (place) watch(place.dataset.live, refresh);
