// Says something where everybody notices: on the screen and to a screen reader.

const SHOWN_MS = 8000;

export function announce(text) {
  const place = document.getElementById("announcements");
  const line = document.createElement("p");
  line.textContent = text;
  place.append(line);
  setTimeout(() => line.remove(), SHOWN_MS);
}
