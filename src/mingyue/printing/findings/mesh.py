"""Faults of the mesh: what keeps it from bounding a volume, as findings."""

from __future__ import annotations

from collections.abc import Iterator

from mingyue.phrases import Phrase
from mingyue.printing.findings.finding import Finding, Point, finding
from mingyue.printing.mending.faults import MeshReport, why_not_sliceable


def tell_mesh(report: MeshReport, box_um: tuple[Point, Point]) -> Iterator[Finding]:
    """Each reason why the mesh cannot be sliced. box_um: of the whole part, where the fault has no place of its own."""
    faults = (report.open_edges, report.flipped_edges, report.nonmanifold_edges, report.inside_out_bodies)
    places = [fault.first_at_um for fault in faults if fault.count and fault.first_at_um is not None]
    for number, reason in enumerate(why_not_sliceable(report)):
        at = (places[number],) if number < len(places) else ()
        yield finding(
            "mesh_fault",
            "fails",
            box_um=(at[0], at[0]) if at else box_um,
            points_um=at,
            message=reason.message,
            remedy=reason.remedy,
        )


def tell_unsliceable(message: Phrase, box_um: tuple[Point, Point]) -> Finding:
    """What stopped the slicer, said by itself."""
    return finding("mesh_fault", "fails", box_um=box_um, message=message)
