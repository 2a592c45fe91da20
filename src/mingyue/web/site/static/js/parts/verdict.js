// Can it be made: a tab for each machine and resin that was checked, the verdict, what it takes, and how far a check is.

import { announce } from "../announce.js";
import { post } from "./asking.js";
import { badge, byId, el, icon, problem, progressLine, severityIcon } from "./dom.js";
import { duration, length, number, say } from "./words.js";

const HEADLINES = { fails: "verdict_fails", risk: "verdict_risk", note: "verdict_fine", fine: "verdict_fine" };
export const isUnderWay = (thing) => thing?.state === "waiting" || thing?.state === "running";

export class Verdict {
  constructor(urls, { onChoose }) {
    this.urls = urls;
    this.onChoose = onChoose;
    this.tabs = byId("checks");
    this.body = byId("verdict");
  }

  update(checks, chosen, mayAsk) {
    this.#drawTabs(checks, chosen);
    this.body.replaceChildren(...(chosen ? this.#told(chosen, mayAsk) : []));
    this.body.hidden = !chosen;
  }

  #drawTabs(checks, chosen) {
    const hadFocus = this.tabs.contains(document.activeElement);
    const isTurned = checks.some(({ rotation }) => rotation); // else all lie alike, and it need not be said
    const tabs = checks.map((check) => {
      const isChosen = check.id === chosen?.id;
      const button = el(
        "button",
        {
          type: "button", role: "tab", id: `tab-${check.id}`, "aria-controls": "verdict",
          "aria-selected": String(isChosen), tabindex: isChosen ? 0 : -1,
          onclick: () => this.onChoose(check.id),
        },
        check.verdict ? severityIcon(check.verdict) : icon(isUnderWay(check) ? "clock" : "note"),
        el("span", {}, `${check.machine.name} · ${check.resin.name}`),
        el("span", { class: "quiet" }, [length(check.layer_um), isTurned && check.lying].filter(Boolean).join(" · ")),
      ); // prettier-ignore
      return el("li", { role: "presentation" }, button);
    });
    this.tabs.replaceChildren(...tabs);
    this.tabs.hidden = checks.length === 0;
    if (chosen) this.body.setAttribute("aria-labelledby", `tab-${chosen.id}`);
    if (chosen && this.chosen !== chosen.id) this.tabs.querySelector('[aria-selected="true"]')?.scrollIntoView({ inline: "nearest", block: "nearest" });
    this.chosen = chosen?.id;
    if (hadFocus) this.tabs.querySelector('[aria-selected="true"]')?.focus();
    this.tabs.onkeydown = (event) => {
      const at = checks.findIndex((check) => check.id === chosen?.id);
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: checks.length - 1 }[event.key];
      if (next !== undefined && checks[next]) this.onChoose(checks[next].id);
    };
  }

  #told(check, mayAsk) {
    const names = { machine: check.machine.name, resin: check.resin.name };
    const parts = [];
    if (check.verdict) {
      const headline = say(HEADLINES[check.verdict], names);
      const kind = check.verdict === "note" ? "fine" : check.verdict;
      parts.push(el("h2", { class: `verdict-line is-${kind}` }, severityIcon(kind), el("span", {}, headline)));
    } else if (isUnderWay(check)) {
      parts.push(el("h2", { class: "verdict-line" }, icon("clock"), el("span", {}, say("verdict_open", names))));
    }
    if (isUnderWay(check)) parts.push(this.#progress(check, mayAsk));
    if (check.state === "failed") parts.push(problem(check.problem ?? { message: check.state_said }));
    if (check.state === "cancelled") parts.push(el("p", { class: "quiet" }, check.state_said));
    const told = [this.#chips(check), this.#figures(check)].filter(Boolean);
    if (told.length) parts.push(el("div", { class: "verdict-facts" }, ...told));
    return [...parts, this.#notes(check)].filter(Boolean);
  }

  #progress(check, mayAsk) {
    const line = progressLine(check.doing || check.state_said, check.done);
    const cancel = el("button", { type: "button", class: "btn btn-sm btn-outline-secondary" }, say("cancel"));
    cancel.addEventListener("click", async () => {
      cancel.disabled = true;
      await post(this.urls.cancel_check.replace("{check}", check.id)).catch((error) => announce(error.message));
    });
    return el("div", { class: "under-way" }, line, mayAsk ? cancel : null);
  }

  #chips(check) {
    if (!check.counts) return null;
    const of = (severity) => (check.counts[severity] ? badge(severity, say(`count_${severity}`, { n: number(check.counts[severity]) })) : null);
    return el("p", { class: "chips" }, of("fails"), of("risk"), of("note"));
  }

  #figures(check) {
    const told = check.estimate;
    const facts = [];
    if (told) facts.push([say("printing_time"), band(told.printing_s, duration)]);
    if (check.layers) facts.push([say("layers"), number(check.layers)]);
    if (check.fields) facts.push([say("fields_a_layer"), number(check.fields)]);
    if (told) facts.push([say("resin_used"), band(told.resin_mm3, (mm3) => `${number(mm3, mm3 < 1 ? 4 : 1)} mm³`)]);
    if (!facts.length) return null;
    return el(
      "dl",
      { class: "figures figures-small" },
      ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
    );
  }

  #notes(check) {
    const notes = [...(check.mended ? [say("was_mended")] : []), ...(check.notes ?? [])];
    if (!notes.length) return null;
    return el("ul", { class: "quiet notes" }, ...notes.map((note) => el("li", {}, note)));
  }
}

function band([low, high], tell) {
  const [least, most] = [tell(low), tell(high)];
  return least === most ? least : `${least} – ${most}`;
}
