// Every request that changes something carries the page's token in this header.

export const HEADER = "X-CSRFToken";

export function token() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}
