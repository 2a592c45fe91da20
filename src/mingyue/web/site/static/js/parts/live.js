// Tells when something of the part changed: by server-sent events, and by asking every few seconds where those fail.

const ASK_EVERY_MS = 4000;
const GIVE_UP_AFTER = 3;

export function watch(address, changed) {
  let failures = 0;
  let timer = null;
  const ask = () => {
    timer ??= setInterval(() => {
      if (!document.hidden) changed();
    }, ASK_EVERY_MS);
  };
  if (!("EventSource" in window)) return ask();
  const source = new EventSource(address);
  source.addEventListener("changed", () => {
    failures = 0;
    clearInterval(timer);
    timer = null;
    changed();
  });
  source.addEventListener("error", () => {
    failures += 1;
    ask(); // the browser tries to connect again; until then nobody waits for news in vain
    if (failures >= GIVE_UP_AFTER || source.readyState === EventSource.CLOSED) source.close();
  });
  addEventListener("pagehide", () => source.close());
}
