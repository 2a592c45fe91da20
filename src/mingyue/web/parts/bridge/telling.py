"""What the engine found, as JSON whose phrases keep their templates, so that every reader gets them in their language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from mingyue.errors import MingyueError
from mingyue.printing.checks import CheckResult
from mingyue.printing.estimates import Estimate
from mingyue.printing.findings.finding import KINDS, Finding
from mingyue.printing.frames import Placement, rotation
from mingyue.printing.orientations.choices import Laid
from mingyue.printing.profiles.sourced import Source
from mingyue.web.parts.bridge.wording import as_json

# A lattice may have a hundred thousand thin struts; nobody reads more than these, and the worst come first.
MOST_FINDINGS = 2_000

Json = dict[str, Any]


def in_both(source: Source) -> Json:
    """Where a number comes from, in both languages."""
    return {"en": source.text, "zh": source.text_zh or source.text}


def problem(error: MingyueError, *, kind: str = "", **more: Any) -> Json:
    """An error that its reader can mend."""
    return {"kind": kind, "message": as_json(error.message), "remedy": as_json(error.remedy), **more}


def phrases(texts: Iterable[str]) -> list[Json]:
    """Each as JSON."""
    return [as_json(text) for text in texts]


def check_result(result: CheckResult, *, model_asked: bool) -> Json:
    """findings, looked, estimate and verdict of a Check."""
    counts = {"fails": 0, "risk": 0, "note": 0}
    for found in result.findings:
        counts[found.severity] += 1
    kept = result.findings[:MOST_FINDINGS]
    return {
        "findings": [finding(found) for found in kept],
        "looked": {
            "placement": placement(result.placement),
            "layers": result.layers,
            "fields": result.fields,
            "mended": result.mended,
            "notes": phrases(result.notes),
            "counts": counts,
            "left_out": len(result.findings) - len(kept),
            "model_asked": model_asked,
        },
        "estimate": None if result.estimate is None else estimate(result.estimate),
        "verdict": next((severity for severity, count in counts.items() if count), "fine"),
    }


def finding(found: Finding) -> Json:
    """id: the same whatever the model says of it."""
    place = f"{found.kind} {found.layers} {np.round(found.box_um, 3).tolist()}"
    told: Json = {
        "id": hashlib.sha256(place.encode()).hexdigest()[:12],
        "kind": found.kind,
        "title": as_json(KINDS[found.kind].title),
        "message": as_json(found.message),
        "remedy": as_json(found.remedy),
        "severity": found.severity,
        "layers": found.layers,
        "box_um": _rounded(found.box_um),
        "points_um": _rounded(found.points_um),
        "measured": found.measured,
        "limit": found.limit,
        "unit": found.unit,
        "source": found.source and in_both(found.source),
        "mark": found.source and found.source.mark,
        "model": None,
    }
    if found.model is not None:
        told["model"] = {
            "said": as_json(found.model.said),
            "predicted": found.model.predicted,
            "agree": found.model.agree,
            "sets": found.model.sets,
            "by_rule": found.model.by_rule,
        }
    return told


def estimate(taken: Estimate) -> Json:
    """What it takes."""
    return {
        "exposures": taken.exposures,
        "most_fields": taken.most_fields,
        "exposure_s": taken.exposure_s,
        "printing_s": taken.printing_s,
        "handling_s": taken.handling_s,
        "resin_mm3": taken.resin_mm3,
        "source": in_both(taken.source),
        "mark": taken.source.mark,
    }


def placement(placed: Placement) -> Json:
    """Part frame → build frame."""
    return {"matrix": placed.matrix, "offset_um": placed.offset_um}


def laid(way: Laid, names: dict[str, str]) -> Json:
    """One way of laying a part. names: of what it is best at, as phrases."""
    return {
        "names": [as_json(names[name]) for name in way.names],
        "rotate_deg": way.rotate_deg,
        "matrix": rotation(way.rotate_deg).tolist(),
        "time_s": way.time_s,
        "layers": way.layers,
        "exposures": way.exposures,
        "fields": way.fields,
        "height_um": way.height_um,
        "supported_mm2": way.supported_um2 / 1e6,
        "contact_mm2": way.contact_um2 / 1e6,
        "cusp_um": way.cusp_um,
        "slenderness": way.slenderness,
        "cups": way.cups,
        "cup_mm3": way.cup_um3 / 1e9,
        "fits": way.fits,
    }


def _rounded(points: Sequence[Sequence[float]]) -> list[list[float]]:
    return [[round(float(number), 3) for number in point] for point in points]
