"""What more may be asked about a check: how the part may lie, and what will come out."""

from __future__ import annotations

from typing import Any

from mingyue.phrases import say
from mingyue.web.parts.bridge import telling
from mingyue.web.parts.bridge.checking import settings_of
from mingyue.web.parts.bridge.glb import write_glb
from mingyue.web.parts.bridge.jobs import Job, Tell
from mingyue.web.parts.bridge.reading import part_of

# A surface that a page can still turn; where it would have more corners, not every pixel is looked at.
_MOST_CORNERS = 150_000
_NAMES: dict[str, str] = {
    "as it is": say("as it is"),
    "fastest": say("fastest"),
    "fewest supports": say("fewest supports"),
    "best surface": say("best surface"),
    "cheapest": say("cheapest"),
}


def orientations(job: Job, tell: Tell) -> dict[str, Any]:
    """The few ways of laying it that are worth a look."""
    from mingyue.printing.mending.edges import require_closed
    from mingyue.printing.orientations.choices import orientations_of
    from mingyue.printing.orientations.demands import demands_of

    tell(0.0, say("reading the file"))
    part = part_of(job)
    require_closed(part.mesh)
    settings = settings_of(job)
    tell(0.1, say("comparing orientations"))
    demands = demands_of(settings.machine, settings.resin, layer_um=job.layer_um, exposure_s=None)
    found = orientations_of(part.mesh, demands)
    return {"tried": found.tried, "choices": [telling.laid(way, _NAMES) for way in found.choices]}


def deviation(job: Job, tell: Tell) -> dict[str, Any]:
    """How far what comes out is from the design; `deviation.glb` in the job's folder shows where."""
    from mingyue.printing.curing.cures import cure_of
    from mingyue.printing.curing.lights import PackageLight
    from mingyue.printing.formats.print_package import open_package
    from mingyue.printing.maps import map_of
    from mingyue.printing.measuring.designs import design_of
    from mingyue.printing.virtual_print import simulate

    if job.package is None:
        raise AssertionError("a deviation is asked of masks")
    tell(0.0, say("reading the file"))
    part = part_of(job, welded=False)

    def progress(done: int, all_: int) -> None:
        tell(0.05 + 0.7 * done / max(all_, 1), say("printing virtually"))

    with open_package(job.package) as package:
        chosen = cure_of(package.manifest)
        light = PackageLight(package)
        prediction = simulate(light, chosen.cure, design_of(package.manifest, part), progress=progress)
        tell(0.75, say("making the surface of what comes out"))
        map_ = map_of(prediction, light, most_corners=_MOST_CORNERS)
    write_glb(map_.mesh, job.folder / "deviation.glb", colours=map_.colours, deviation_um=map_.deviation_um)
    deviations = prediction.deviations
    spread = deviations.of_design
    return {
        "limit_um": map_.limit_um,
        "tolerance_um": prediction.tolerance_um,
        "p5_um": spread.p5,
        "p50_um": spread.p50,
        "p95_um": spread.p95,
        "abs_p95_um": spread.abs_p95,
        "abs_max_um": deviations.abs_max_um,
        "within": spread.within,
        "volume_mm3": prediction.volume_mm3,
        "notes": telling.phrases((*chosen.notes, *prediction.notes)),
    }
