// Texts of the page, written by the server in the reader's language, and figures as people read them.

const kept = document.getElementById("words");
const words = kept ? JSON.parse(kept.textContent) : {};
const language = document.documentElement.lang || "en";

export function say(key, values = {}) {
  const text = words[key];
  if (text === undefined) throw new Error(`No words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

export function number(value, digits = 0) {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value).replace("-", "−");
}

// Significant figures rather than decimals: parts are from 10 µm to 100 mm large.
function figures(value, count) {
  return new Intl.NumberFormat(language, { maximumSignificantDigits: count }).format(value).replace("-", "−");
}

export function length(um, count = 4) {
  return Math.abs(um) < 1000 ? `${figures(um, count)} µm` : `${figures(um / 1000, count)} mm`;
}

// From … to, in the unit that suits the farther end.
export function range(low, high) {
  if (low === high) return length(low);
  const isMm = Math.max(Math.abs(low), Math.abs(high)) >= 1000;
  const ends = [low, high].map((um) => figures(isMm ? um / 1000 : um, 4));
  return `${ends.join(" … ")} ${isMm ? "mm" : "µm"}`;
}

export function size(um) {
  const inMm = Math.max(...um) >= 1000;
  const sides = um.map((side) => figures(inMm ? side / 1000 : side, 4));
  return `${sides.join(" × ")} ${inMm ? "mm" : "µm"}`;
}

export function volume(mm3) {
  return mm3 >= 0.001 ? `${figures(mm3, 4)} mm³` : `${figures(mm3 * 1e9, 4)} µm³`;
}

export function area(mm2) {
  return mm2 >= 0.001 ? `${figures(mm2, 4)} mm²` : `${figures(mm2 * 1e6, 4)} µm²`;
}

export function percent(share) {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

export function duration(seconds) {
  if (seconds < 90) return say("seconds", { n: number(seconds) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return say("minutes", { n: number(minutes) });
  return say("hours", { h: number(Math.floor(minutes / 60)), n: number(minutes % 60) });
}

export function bytes(count) {
  if (count < 1e6) return `${figures(count / 1e3, 3)} kB`;
  return `${figures(count / 1e6, 3)} MB`;
}

// A measured value beside its limit, in the unit of the finding.
export function quantity(value, unit) {
  if (unit === "µm") return length(value, 3);
  return unit ? `${figures(value, 3)} ${unit}` : figures(value, 3);
}

export function moment(iso) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}
