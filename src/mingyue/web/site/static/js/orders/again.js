// While the checks of a newer revision run: how far they are, and the button as soon as there is a quote to be had.

import { watch } from "../parts/live.js";

const place = document.getElementById("again-state");

// What was chosen stands beside this piece of the page, and stays.
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return; // asked again at the next news
  const told = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("again-state");
  if (told && told.innerHTML !== place.innerHTML) place.replaceChildren(...told.childNodes);
}

watch(place.dataset.live, refresh);
