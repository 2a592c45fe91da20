"""Two checks of two revisions compared, as JSON: CHANGES of parts/urls.py, in the reader's language."""

from __future__ import annotations

from typing import Any

from mingyue.phrases import Phrase, say
from mingyue.web.parts import changes
from mingyue.web.parts.bridge import fitting
from mingyue.web.parts.models import Check
from mingyue.web.parts.telling import findings_as_json
from mingyue.web.records.language import in_current_language

Json = dict[str, Any]
_NOWHERE = [0.0, 0.0, 0.0]


def changes_as_json(was: Check, now: Check) -> Json:
    """What was found in the newer one against the older one; both have found something. Why not, where that is nonsense."""
    boxes = [_known(check.revision.facts)["box_um"] for check in (was, now)]
    moved = changes.shift_um(*boxes)
    notes = [*_about_the_place(moved), *_about_the_way(was, now)]
    told: Json = {"moved_um": moved or _NOWHERE, "near_um": _near_um(was, now), "comparable": True}
    if moved is None and changes.are_apart(*boxes):
        notes.append(
            say("The two lie in different places of their files: no place of the one is a place of the other.")
        )
        return told | {"comparable": False, "notes": _said(notes), "gained": [], "lost": [], "kept": []}
    found = changes.compared(
        changes.in_part_frame(findings_as_json(was), _known(was.looked)["placement"], moved_um=told["moved_um"]),
        changes.in_part_frame(findings_as_json(now), _known(now.looked)["placement"], moved_um=_NOWHERE),
        near_um=told["near_um"],
    )
    kept = [{"was": one.was, "now": one.now, "became": one.became} for one in found.kept]
    return told | {"notes": _said(notes), "gained": list(found.gained), "lost": list(found.lost), "kept": kept}


def why_not(was: Check, now: Check) -> list[Phrase]:
    """Why these two are not compared."""
    reasons = []
    if was.revision.part_id != now.revision.part_id:
        reasons.append(say("These are checks of different parts."))
    if not (was.looked and now.looked):
        reasons.append(say("The check has found nothing yet."))
    return reasons


def _known(kept: Json | None) -> Json:
    """What is there of whatever was looked at."""
    assert kept is not None
    return kept


def _near_um(was: Check, now: Check) -> float:
    pixels = [fitting.pixel_um(check.machine.profile) or 0.0 for check in (was, now)]
    return changes.near_um(pixel_um=max(pixels), layer_um=max(was.layer_um, now.layer_um))


def _about_the_place(moved: list[float] | None) -> list[Phrase]:
    if not moved or not any(moved):
        return []
    x, y, z = (value / 1000 for value in moved)
    return [
        say(
            "The whole part was moved in its file by {x:.4g}, {y:.4g}, {z:.4g} mm (x, y, z); the old one is shown and "
            "compared as if it lay where the new one does.", x=x, y=y, z=z,
        )
    ]  # fmt: skip


def _about_the_way(was: Check, now: Check) -> list[Phrase]:
    notes = []
    if was.rotation != now.rotation:
        notes.append(
            say("The two lie differently on the platform: islands, overhangs and cups come from that, too, not only from "
                "the change of the part.")
        )  # fmt: skip
    if (was.machine_id, was.resin_id, was.layer_um) != (now.machine_id, now.resin_id, now.layer_um):
        notes.append(
            say("The two were checked for different machines, resins or layers; findings come from that, too.")
        )
    left_out = (_known(check.looked).get("left_out", 0) for check in (was, now))
    if any(left_out):
        notes.append(say("There are more findings than are kept: what is not kept may count as gained or lost."))
    return notes


def _said(notes: list[Phrase]) -> list[str]:
    return [in_current_language(note) for note in notes]
