// What every page does: the theme switch, scrolling by key, the token on htmx requests, and a word when something fails.

import { announce } from "./announce.js";
import { start as startAppearance } from "./appearance.js";
import { start as startBell } from "./bell.js";
import { HEADER, token } from "./csrf.js";
import { start as startScrolling } from "./scrolling.js";

startAppearance();
startBell();
startScrolling();

const said = document.getElementById("announcements").dataset;
document.body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers[HEADER] = token();
});
document.body.addEventListener("htmx:sendError", () => announce(said.unreachable));
document.body.addEventListener("htmx:timeout", () => announce(said.unreachable));
document.body.addEventListener("htmx:responseError", () => announce(said.refused));
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  announce(said.keyUnused);
});
