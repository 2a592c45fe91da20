// Name, note, class and readers of a part, for those who may decide about them.

import { get, post } from "./asking.js";
import { byId, el, problem } from "./dom.js";
import { announce } from "../announce.js";
import { say } from "./words.js";

const sharing = byId("sharing");
const readers = byId("readers");
const archive = byId("archive");

async function trying(place, act) {
  place.replaceChildren();
  try {
    await act();
  } catch (error) {
    place.replaceChildren(problem(error));
  }
}

async function save(event) {
  event.preventDefault();
  const { name, note, confidentiality } = Object.fromEntries(new FormData(sharing));
  await trying(byId("sharing-problem"), async () => {
    const told = await post(sharing.dataset.address, { version: Number(sharing.dataset.version), name, note, confidentiality });
    sharing.dataset.version = told.version;
    announce(say("saved"));
  });
}

async function list() {
  const { readers: people } = await get(readers.dataset.state);
  byId("reader-list").hidden = people.length === 0;
  byId("reader-list").replaceChildren(...people.map(({ id, name }) => el("li", {}, el("span", {}, name), removal(id, name))));
}

function removal(id, name) {
  const button = el("button", { type: "button", class: "btn btn-link btn-sm" }, say("remove_reader", { name }));
  button.addEventListener("click", () =>
    trying(byId("readers-problem"), async () => {
      await post(readers.dataset.remove, { person: id });
      await list();
    }),
  );
  return button;
}

async function add(event) {
  event.preventDefault();
  await trying(byId("readers-problem"), async () => {
    await post(readers.dataset.add, { email: readers.elements.email.value });
    readers.reset();
    await list();
  });
}

async function putAway(event) {
  event.preventDefault();
  await trying(byId("archive-problem"), async () => {
    await post(archive.dataset.address);
    location.assign(archive.dataset.after);
  });
}

if (sharing) {
  sharing.addEventListener("submit", save);
  readers.addEventListener("submit", add);
  archive.addEventListener("submit", putAway);
  await list();
}
