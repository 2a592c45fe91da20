// The bell: how many notices are new, told by server-sent events while the page is looked at. A browser opens few
// connections to one server, so a page in the background holds none; without any of this the bell is a link.

const MOST_SHOWN = 99;

export function start() {
  const bell = document.getElementById("bell");
  if (!bell || !("EventSource" in window)) return;
  const shown = bell.querySelector(".bell-count");
  const news = document.getElementById("bell-news");
  let unread = Number(shown.textContent) || 0;
  let source = null;

  const show = (count) => {
    shown.textContent = count > MOST_SHOWN ? `${MOST_SHOWN}+` : String(count);
    shown.hidden = count === 0;
    if (count > unread) {
      const many = count - unread;
      news.textContent = many === 1 ? bell.dataset.one : bell.dataset.many.replace("#", String(many));
    }
    unread = count;
  };
  const ask = async () => {
    try {
      const answer = await fetch(bell.dataset.count, { headers: { Accept: "application/json" } });
      if (answer.ok && !answer.redirected) show((await answer.json()).unread);
    } catch {
      // The server cannot be reached just now; the stream says when it can.
    }
  };
  const listen = () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      source = new EventSource(bell.dataset.live);
      source.addEventListener("changed", ask);
    }
  };
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      source = null;
      listen();
    }
  });
  listen();
}
