// Elements in few words. Text is always set as text, so nothing that came from a file becomes markup.

const SPRITES = {
  site: new URL("../../img/icons.svg", import.meta.url).pathname,
  parts: new URL("../../img/parts.svg", import.meta.url).pathname,
};
const OF_THE_SITE = new Set(["fails", "risk", "note", "good", "upload", "download", "next", "close", "plus", "measure", "part"]);
const SVG = "http://www.w3.org/2000/svg";

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function icon(name) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("class", "icon");
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${OF_THE_SITE.has(name) ? SPRITES.site : SPRITES.parts}#${name}`);
  drawn.append(use);
  return drawn;
}

const ICONS = { fails: "fails", risk: "risk", note: "note", fine: "good" };

export function severityIcon(severity) {
  return icon(ICONS[severity] ?? "note");
}

export function badge(severity, text) {
  const kind = severity === "fine" ? "good" : severity || "plain";
  const made = el("span", { class: `severity severity-${kind}` });
  if (severity) made.append(severityIcon(severity));
  made.append(text);
  return made;
}

export function progressLine(text, share) {
  const bar = el("progress", { max: 1, "aria-label": text });
  if (share > 0) bar.value = share;
  return el("div", { class: "progress-line" }, el("p", {}, el("span", {}, text), el("span", {}, share > 0 ? `${Math.round(share * 100)} %` : "")), bar);
}

export function problem(told) {
  return el(
    "div",
    { class: "message message-error" },
    icon("fails"),
    el("div", {}, el("strong", {}, told.message ?? told.error), told.remedy ? el("div", {}, told.remedy) : null),
  );
}

// A page that needs scripts says so until they run: that also tells when they could not be loaded.
export function scriptsRun() {
  byId("needs-scripts").hidden = true;
}

export function byId(id) {
  return document.getElementById(id);
}
