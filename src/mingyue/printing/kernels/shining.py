"""Light through columns of pixels: masks in, doses where they are looked at out, and the way back for gradients.

Light falls off by the same share in every pixel, so that blurring and going down commute: the masks are added up column
by column first, and blurred only where somebody looks. Doses are in thresholds: 1 just gels the resin. Arrays are
(layers, rows, columns) float32, the lowest layer first; gains: (layers,) dose of a full pixel; decays: (layers,) what is
left at the top of a layer of what arrived at the top of the one above.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mingyue.printing.kernels.compiled import entry

Singles = NDArray[np.float32]
Places = NDArray[np.int32]
Greys = NDArray[np.uint8]
Flags = NDArray[np.bool_]


def shine(shares: Singles, gains: Singles, decays: Singles, above: Singles, *, out: Singles | None = None) -> Singles:
    """The dose at the top of each layer, before any blur: light_k = light_k+1·decay_k + gain_k·share_k.

    above: (rows, columns) the light at the top of the layer over these.
    """
    light = np.empty_like(shares) if out is None else out
    entry("shine_columns")(shares, gains, decays, above, light)
    return light


def returned(back: Singles, gains: Singles, decays: Singles) -> Singles:
    """The transpose of `shine` for no light from above; `back` is used up."""
    entry("return_columns")(back, gains, decays)
    return back


def looked_at(
    light: Singles, places: Places, weights: Singles, spot: Singles, by_row: Singles, by_column: Singles
) -> tuple[Singles, Singles]:
    """The blurred light at places between pixel centres: (n,) doses, and (n,) squares of the slope of ln dose in 1/px².

    places: (n, 5) layer, row, column, and the phase within the pixel by row and column; weights: (n,) factor of each.
    spot: (phases, phases, side, side) what each pixel around gives; by_row, by_column: its derivatives.
    Beyond the borders it is dark.
    """
    doses, slopes = np.empty(len(places), dtype=np.float32), np.empty(len(places), dtype=np.float32)
    entry("look_at")(light, places, weights, spot, by_row, by_column, doses, slopes)
    return doses, slopes


def looked_back(
    places: Places, first: Singles, second: Singles, spot: Singles, *, out: tuple[Singles, Singles]
) -> tuple[Singles, Singles]:
    """The transpose of `looked_at` for two sets of numbers, (n,) each, weights included; into `out`, which is emptied."""
    out[0].fill(0.0)
    out[1].fill(0.0)
    entry("look_back")(places, first, second, spot, *out)
    return out


def ways_down(greys: Greys, thickness: Singles) -> Singles:
    """How far it is from the top of each layer down to the face that looks down, through what is covered by half or more.

    thickness: (layers,). 0 in the dark; infinite in columns that reach the lowest layer: they stand on something.
    """
    ways = np.empty(greys.shape, dtype=np.float32)
    entry("go_down")(greys, thickness, ways)
    return ways


def thinned(
    greys: Greys,
    ways: Singles,
    gains: Singles,
    decays: Singles,
    above: Singles,
    *,
    depth: float,
    most_depths: float = np.inf,
) -> tuple[Singles, Singles]:
    """Masks that never cure through what is beneath them, and their light; shares and light as in `shine`.

    Light at the top of a layer stays below exp(way / depth), so that it is down to 1 where the way ends; ways: as of
    `ways_down`; depth: at which light falls to 1/e; most_depths: never more than exp(most_depths).
    """
    shares, light = np.empty(greys.shape, dtype=np.float32), np.empty(greys.shape, dtype=np.float32)
    limits = np.array([depth, min(most_depths, 1e9)])
    entry("thin_columns")(greys, ways, gains, decays, above, limits, shares, light)
    return shares, light


def asked(
    light: Singles, back: Singles, curve: Singles, moving: Flags, decays: Singles, *, least: Singles, most: Singles
) -> Greys:
    """Change light to what each pixel should have, and say how it may change: 0 not, 1 to either side, 2 darker only.

    A moving pixel takes the step back / curve, within least … most. If that leaves it less, the pixels over it may have
    no more than what has decayed to that when it arrives; what is inside keeps its least. Those that have more move from
    now on. A pixel that is not asked for more light never gets any. All: (layers, rows, columns).
    """
    bounds, modes = np.empty(light.shape[2], dtype=np.float32), np.empty(light.shape, dtype=np.uint8)
    entry("ask_columns")(light, back, curve, moving.view(np.uint8), least, most, decays, bounds, modes)
    return modes


def settled(
    wanted: Singles, modes: Greys, gains: Singles, decays: Singles, above: Singles, *, shares: Singles
) -> Singles:
    """The light where each pixel that may change, from the top down, is lit so that it comes as near as can be to `wanted`.

    What came from above cannot be taken away, and no pixel is more than lit. modes: as of `asked`; shares: changed.
    """
    light = np.empty_like(shares)
    entry("settle_columns")(wanted, modes, gains, decays, above, shares, light)
    return light
