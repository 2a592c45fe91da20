"""A file becomes what is known of a revision: its size, its faults, and a lighter copy to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mingyue.errors import UnitsUnknownError
from mingyue.phrases import say
from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.parts import Part, read_part
from mingyue.printing.mending.faults import find_faults, why_not_sliceable
from mingyue.printing.meshes import Mesh
from mingyue.units import LengthUnit, length_unit
from mingyue.web.parts.bridge import telling
from mingyue.web.parts.bridge.glb import write_glb
from mingyue.web.parts.bridge.jobs import Job, ProblemError, Tell
from mingyue.web.parts.bridge.wording import as_json

# A page turns so many triangles smoothly on a phone, and fetches them in some two megabytes.
VIEW_TRIANGLES = 150_000
# A shared machine wants less than the engine's own bounds, which suit a computer of one's own.
LIMITS = ReadLimits(max_file_bytes=2 << 30, max_triangles=20_000_000, max_archive_bytes=4 << 30)


def read_revision(job: Job, tell: Tell) -> dict[str, Any]:
    """facts, and `view.glb` in the job's folder. Raises ProblemError of the kind "units" where nobody said them."""
    tell(0.0, say("reading the file"))
    part = part_of(job)
    tell(0.4, say("looking for faults of the mesh"))
    report = find_faults(part.mesh)
    tell(0.7, say("making a copy to look at"))
    view = lighter(part.mesh)
    write_glb(view, job.folder / "view.glb")
    low, high = part.mesh.box_um
    return {
        "size_um": report.size_um,
        "box_um": [low.tolist(), high.tolist()],
        "volume_mm3": report.volume_um3 / 1e9,
        "area_mm2": report.area_um2 / 1e6,
        "triangles": report.triangles,
        "bodies": report.bodies,
        "units": part.unit,
        "units_from_file": part.unit_is_from_file,
        "is_solid": report.is_solid,
        "faults": [
            {"message": as_json(reason.message), "remedy": as_json(reason.remedy)}
            for reason in why_not_sliceable(report)
        ],
        "notes": telling.phrases(part.notes),
        "view_triangles": len(view.triangles),
    }


def part_of(job: Job, *, welded: bool = True) -> Part:
    """The part, read again from its file."""
    path = Path(job.path)
    try:
        return read_part(path, unit=_unit(job.units), limits=LIMITS, welded=welded)
    except UnitsUnknownError as error:
        bare = read_part(path, unit="um", limits=LIMITS, welded=False)
        size = [float(number) for number in bare.mesh.size_um]
        raise ProblemError(telling.problem(error, kind="units", size=size)) from error


def lighter(mesh: Mesh) -> Mesh:
    """At most VIEW_TRIANGLES of it, in its shape as well as that goes."""
    if len(mesh.triangles) <= VIEW_TRIANGLES:
        return mesh
    import fast_simplification

    low, _ = mesh.box_um
    # Near zero, so that single precision keeps what is small in a part far from the origin.
    points = (mesh.vertices_um - low).astype(np.float32)
    kept, triangles = fast_simplification.simplify(
        points, mesh.triangles.astype(np.int32), target_count=VIEW_TRIANGLES, agg=7
    )
    if not len(triangles):
        return mesh
    return Mesh(kept.astype(np.float64) + low, triangles.astype(np.int64))


def _unit(text: str) -> LengthUnit | None:
    return length_unit(text) if text else None
