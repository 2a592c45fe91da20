// Pictures of fields, fetched once, kept while there is room.

const ROOM_PX = 60_000_000; // decoded, four bytes each
const COARSEST = 16;

export class Tiles {
  // layers: LAYERS of the server. onArrival: told whenever a picture has come.
  constructor(layers, onArrival) {
    this.layers = layers;
    this.onArrival = onArrival;
    this.kept = new Map();
    this.coming = new Map();
  }

  // Every nth pixel is enough where a screen pixel is n mask pixels wide.
  coarseness(zoom) {
    let scale = 1;
    while (scale < COARSEST && scale * 2 * zoom <= 1) scale *= 2;
    return scale;
  }

  // The picture, or the best other one that is there while it comes.
  of(layer, field, exposure, scale) {
    const wanted = this.#kept(this.#key(layer, field, exposure, scale));
    if (wanted) return wanted;
    this.fetch(layer, field, exposure, scale);
    for (let other = 1; other <= COARSEST; other *= 2) {
      const found = this.#kept(this.#key(layer, field, exposure, other));
      if (found) return found;
    }
    return null;
  }

  get isBusy() {
    return this.coming.size > 0;
  }

  // What is no longer looked at need not come.
  forgetAllBut(layers) {
    for (const [key, { layer, abort }] of this.coming) {
      if (layers.has(layer)) continue;
      abort.abort();
      this.coming.delete(key);
    }
  }

  async fetch(layer, field, exposure, scale) {
    const key = this.#key(layer, field, exposure, scale);
    if (this.kept.has(key) || this.coming.has(key)) return;
    const abort = new AbortController();
    this.coming.set(key, { layer, abort });
    try {
      const response = await fetch(this.#address(layer, field, exposure, scale), { signal: abort.signal });
      if (response.ok && response.status !== 204) this.#keep(key, await createImageBitmap(await response.blob()));
      else if (response.status === 204) this.#keep(key, null);
    } catch {
      // Asked again when it is next drawn.
    }
    if (this.coming.get(key)?.abort === abort) this.coming.delete(key);
    this.onArrival();
  }

  #key(...names) {
    return names.join(" ");
  }

  #address(layer, field, exposure, scale) {
    const address = this.layers.tile.replace("{layer}", layer).replace("{field}", field);
    const asked = new URLSearchParams();
    if (scale > 1) asked.set("scale", scale);
    if (exposure > 0) asked.set("exposure", exposure);
    return asked.size ? `${address}?${asked}` : address;
  }

  #kept(key) {
    const found = this.kept.get(key);
    if (found) {
      this.kept.delete(key); // to the end: what was used last goes last
      this.kept.set(key, found);
    }
    return found;
  }

  #keep(key, picture) {
    this.kept.set(key, picture);
    let px = 0;
    for (const one of this.kept.values()) px += one ? one.width * one.height : 0;
    for (const [old, one] of this.kept) {
      if (px <= ROOM_PX || old === key) break;
      px -= one ? one.width * one.height : 0;
      one?.close();
      this.kept.delete(old);
    }
  }
}
