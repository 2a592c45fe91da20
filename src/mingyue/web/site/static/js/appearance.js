// The switch between light, dark and what the device says. theme.js has already painted the page.

const device = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  try {
    return localStorage.getItem("theme") ?? "auto";
  } catch {
    return "auto";
  }
}

function show(choice) {
  const dark = choice === "dark" || (choice !== "light" && device.matches);
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

function choose(choice) {
  try {
    localStorage.setItem("theme", choice);
  } catch {
    // Storage may be denied; the choice then holds for this page.
  }
  show(choice);
}

export function start() {
  show(chosen());
  device.addEventListener("change", () => show(chosen()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (button) choose(button.dataset.themeChoice);
  });
}
