// What scrolls sideways on a narrow screen can be reached, and scrolled, by key.

const watched = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

export function start() {
  for (const place of document.querySelectorAll(".table-responsive, .tabs")) watched.observe(place);
}
