"""Ways of laying a part become a few named choices, with their figures: the fastest, the one of fewest supports, …"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.frames import place
from mingyue.printing.meshes import Mesh
from mingyue.printing.orientations.directions import angles_of, candidates, distinct, hull_points, nearby
from mingyue.printing.orientations.facets import facets_of
from mingyue.printing.orientations.figures import Demands, Figures, figures_of, joined_figures
from mingyue.printing.orientations.slices import cups_of, fields_of

Floats = NDArray[np.float64]
Name = Literal["as it is", "fastest", "fewest supports", "best surface", "cheapest"]
_KINDS: Final[tuple[Name, ...]] = ("fastest", "fewest supports", "best surface", "cheapest")

# Directions spread over the sphere, beside those that the part can stand on.
SPREAD = 250
# Finalists of each kind, which are sliced; and how far around them better ones are looked for.
_FINALISTS = 3
# Each holds a copy of the part, turned.
_SLICED_AT_ONCE = 2
_AROUND_DEG = (4.0, 1.5)
# Of what is as good as the best, to this share of the span of its kind, the one that is best in the rest is taken.
_AS_GOOD = 0.02
# What differs by less than this share of itself is noise of the triangles, and spans no more than its share of a kind.
_ALIKE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """One way of laying a part, and what it costs; see `figures.Figures`. Lengths and areas are those of the part.

    names: what it is best at; rotate_deg: for `mingyue build --rotate`. exposures: fields of all layers that have light
    in them; time_s: of the print; cups: voids that suck, cup_um3: the most resin they shut in at once.
    """

    names: tuple[Name, ...]
    rotate_deg: tuple[float, float, float]
    time_s: float
    layers: int
    exposures: int
    fields: int
    height_um: float
    supported_um2: float
    contact_um2: float
    cusp_um: float
    slenderness: float
    cups: int
    cup_um3: float
    fits: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """choices: the part as it is, then the named ones, each once; tried: how many ways were looked at."""

    choices: tuple[Laid, ...]
    tried: int


def orientations_of(
    mesh: Mesh, demands: Demands, *, marked: NDArray[np.bool_] | None = None, spread: int = SPREAD
) -> Choices:
    """The few ways of laying a part that are worth a look.

    marked: (m,) triangles whose surface matters; None: all. Hundreds of ways are compared by their facets, the best of
    each kind are then sliced. Of those that no other beats in everything the best of each kind gets its name.
    Raises BadInputError where the platform takes the part in no way at all.
    """
    hull, facets = hull_points(mesh), facets_of(mesh, marked)

    def figured(ups: Floats) -> Figures:
        return figures_of(mesh, facets, hull, ups, demands)

    ups = candidates(hull, count=spread)
    figures = figured(ups)
    for angle_deg in _AROUND_DEG:
        around = distinct(
            np.concatenate([figures.ups, nearby(figures.ups[_finalists(figures, demands)], angle_deg=angle_deg)])
        )
        figures = joined_figures(figures, figured(around[len(figures.ups) :]))
    if not figures.is_fit.any():
        raise BadInputError(
            say("The platform of {machine} takes the part in no orientation.", machine=demands.machine.title),
            remedy=say("Check --units, scale the part, or take a larger machine."),
        )
    turns_deg = [(0, 0.0), *((way, float(figures.turn_deg[way])) for way in _finalists(figures, demands))]
    with ThreadPoolExecutor(_SLICED_AT_ONCE) as pool:
        first, *others = pool.map(lambda way: _sliced(mesh, figures, way[0], demands, turn_deg=way[1]), turns_deg)
    as_it_is = replace(first, names=("as it is",))
    laid = [as_it_is, *(way for way in others if way.rotate_deg != as_it_is.rotate_deg)]
    return Choices(tuple(_named(laid)), len(figures.ups))


def _finalists(figures: Figures, demands: Demands) -> list[int]:
    """The best few of each kind that fit; of equal ones those that are better in the rest."""
    scores = _objectives(figures.time_s(demands), figures.supported_um2, figures.cusp_um, figures.exposures)
    rest = scores.sum(axis=1)
    kept: list[int] = []
    for kind in range(len(_KINDS)):
        order = np.lexsort((rest, np.round(scores[:, kind] / _AS_GOOD), ~figures.is_fit))
        kept += [int(way) for way in order[:_FINALISTS]]
    return list(dict.fromkeys(kept))


def _objectives(*costs: NDArray[Any]) -> Floats:
    """(c, kinds) what is to be small, each from 0 for the best to 1 for the worst; less where all are nearly alike."""
    raw = np.stack(costs, axis=1).astype(np.float64)
    span = np.maximum(np.ptp(raw, axis=0), _ALIKE * np.abs(raw).max(axis=0))
    return np.asarray((raw - raw.min(axis=0)) / np.maximum(span, 1e-12))


def _sliced(mesh: Mesh, figures: Figures, way: int, demands: Demands, *, turn_deg: float) -> Laid:
    """One way with what only slices tell: the fields that have light, and cups."""
    rotate_deg = angles_of(figures.ups[way], turn_deg=turn_deg)
    placement = place(mesh.box_um[0], mesh.box_under, rotate_deg=rotate_deg)
    placed = mesh.moved(np.array(placement.matrix), np.array(placement.offset_um))
    layers = int(figures.layers[way])
    fields, exposures = fields_of(placed, demands.machine, layers=layers)
    cups, cup_um3 = cups_of(placed)
    return Laid(
        names=(),
        rotate_deg=rotate_deg,
        time_s=exposures * (demands.exposure_s + demands.move_s) + layers * demands.recoat_s,
        layers=layers,
        exposures=exposures,
        fields=fields,
        height_um=float(figures.height_um[way]),
        supported_um2=float(figures.supported_um2[way]),
        contact_um2=float(figures.contact_um2[way]),
        cusp_um=float(figures.cusp_um[way]),
        slenderness=float(figures.slenderness[way]),
        cups=cups,
        cup_um3=cup_um3,
        fits=bool(figures.is_fit[way]),
    )


def _named(laid: Sequence[Laid]) -> Iterator[Laid]:
    """The first, and of those that no other beats the best of each kind, under all the names it has earned."""
    costs = np.array([[way.time_s, way.supported_um2, way.cusp_um, way.exposures] for way in laid])
    scores = _objectives(*costs.T)
    extra = _objectives(*np.array([[way.cup_um3, way.slenderness] for way in laid]).T).sum(axis=1)
    allowed = unbeaten(costs) & np.array([way.fits for way in laid])
    earned: dict[int, list[Name]] = {0: list(laid[0].names)}
    for kind, name in enumerate(_KINDS):
        best = scores[allowed, kind].min()
        good = np.flatnonzero(allowed & (scores[:, kind] <= best + _AS_GOOD))
        rest = np.round((scores.sum(axis=1) + extra)[good] / _AS_GOOD)  # of equal ones the first: the part as it is
        winner = int(good[np.argmin(rest)])
        earned.setdefault(winner, []).append(name)
    for way, names in earned.items():
        yield replace(laid[way], names=tuple(names))


def unbeaten(costs: Floats) -> NDArray[np.bool_]:
    """(c,) whether no other of (c, kinds) is at least as small in everything and smaller in something: the Pareto front."""
    no_larger = np.all(costs[None] <= costs[:, None], axis=2)
    smaller = np.any(costs[None] < costs[:, None], axis=2)
    return np.asarray(~np.any(no_larger & smaller, axis=1))
