"""What a finding is: of which kind, how bad, where, what was measured against which limit, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from mingyue.phrases import Phrase, say
from mingyue.printing.profiles.sourced import Source

Severity = Literal["fails", "risk", "note"]
Point = tuple[float, float, float]
SEVERITIES: tuple[Severity, ...] = ("fails", "risk", "note")
Predicted = Literal["bridges", "closes", "stays_open", "lost", "comes_out", "not_asked"]


@dataclass(frozen=True, slots=True)
class Kind:
    """title: what people call it; remedy: what to do about it."""

    title: Phrase
    remedy: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswer:
    """What the virtual print says of a finding.

    predicted: by most of the parameter sets, `agree` of `sets`; not_asked: others of its kind were worse, and came first.
    by_rule: how bad it was before the model was asked. said: the same for people.
    """

    predicted: Predicted
    agree: int
    sets: int
    by_rule: Severity
    said: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that will fail, or may.

    layers: first and last, or None where it is about the whole part. box_um: lowest and highest corner; points_um: a few
    places on the surface, both in the build frame. measured, limit: in `unit`; both None where there is no number to it.
    source: of the limit. remedy: what to do. message: what is wrong, where the title alone does not say it. model: what the
    virtual print says of it, None where it was not at hand or knows nothing of this kind.
    """

    kind: str
    severity: Severity
    layers: tuple[int, int] | None
    box_um: tuple[Point, Point]
    points_um: tuple[Point, ...]
    measured: float | None
    limit: float | None
    unit: str
    source: Source | None
    remedy: Phrase
    message: Phrase
    model: ModelAnswer | None = None

    @property
    def middle_um(self) -> Point:
        """Of its box, build frame."""
        (x, y, z), (x_high, y_high, z_high) = self.box_um
        return (x + x_high) / 2, (y + y_high) / 2, (z + z_high) / 2


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "outside_platform": Kind(
            say("outside the platform"),
            say("Turn it (--rotate), scale it (--scale, --fit-mm), check --units, or take a larger machine."),
        ),
        "wrong_unit": Kind(
            say("size that looks like a wrong unit"), say("Check --units, or the unit in the program that made the part.")
        ),
        "mesh_fault": Kind(say("fault of the mesh"), say("Run `mingyue repair` and read its report.")),
        "empty_layer": Kind(
            say("layer with nothing"), say("Join the bodies above and below, or make what is there at least a pixel wide.")
        ),
        "thin_wall": Kind(say("thin wall"), say("Make the wall thicker, or take a machine of finer pixels.")),
        "thin_pillar": Kind(say("thin pillar"), say("Make the pillar thicker, or take a machine of finer pixels.")),
        "thin_membrane": Kind(
            say("thin membrane"), say("Make it at least two layers thick, take thinner layers, or turn the part.")
        ),
        "small_hole": Kind(say("small hole"), say("Make the hole wider, or take a machine of finer pixels.")),
        "narrow_gap": Kind(say("narrow gap"), say("Move the walls apart, or take a machine of finer pixels.")),
        "closed_channel": Kind(
            say("channel predicted to close"),
            say("Make it higher, take a resin of smaller penetration depth, or turn the part so that it stands upright."),
        ),
        "narrow_channel": Kind(
            say("narrow channel"), say("Make the channel wider, or take a machine of finer pixels.")
        ),
        "slender_pillar": Kind(
            say("slender pillar"), say("Make it thicker or shorter, tie it to its neighbours, or lay it down.")
        ),
        "island": Kind(say("island"), say("Put a support below it, or turn the part (`mingyue orient`).")),
        "weak_island": Kind(
            say("island that hangs by a corner"), say("Put a support below it, or turn the part (`mingyue orient`).")
        ),
        "overhang": Kind(
            say("unsupported overhang"), say("Put supports below it, chamfer it, or turn the part (`mingyue orient`).")
        ),
        "trapped_resin": Kind(
            say("trapped resin"), say("Give the void a drain that leads out above the platform.")
        ),
        "enclosed_void": Kind(say("enclosed void"), say("Give the void a drain, or fill it.")),
        "suction_cup": Kind(
            say("suction cup"), say("Give the cup a vent near its closed end, or turn the part.")
        ),
        "seam_crossing": Kind(
            say("thin feature across a field seam"),
            say("Move or turn the part so that the seam misses it (--rotate), or let fields overlap (--overlap-px)."),
        ),
        "tiny_body": Kind(
            say("tiny loose body"), say("Delete it, or join it to the part.")
        ),
    }
)  # fmt: skip


def finding(
    kind: str,
    severity: Severity,
    *,
    box_um: tuple[Point, Point],
    layers: tuple[int, int] | None = None,
    points_um: tuple[Point, ...] = (),
    measured: float | None = None,
    limit: float | None = None,
    unit: str = "",
    source: Source | None = None,
    message: Phrase | None = None,
    remedy: Phrase | None = None,
) -> Finding:
    """A finding with the title and the remedy of its kind, where no others are given."""
    return Finding(
        kind=kind,
        severity=severity,
        layers=layers,
        box_um=box_um,
        points_um=points_um,
        measured=measured,
        limit=limit,
        unit=unit,
        source=source,
        message=message or KINDS[kind].title,
        remedy=remedy or KINDS[kind].remedy,
    )
