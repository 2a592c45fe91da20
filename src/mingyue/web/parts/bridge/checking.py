"""A check in three steps, each told as soon as it is done: findings by rule, the masks, findings with the model's answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from mingyue.errors import MingyueError
from mingyue.phrases import Phrase, say
from mingyue.printing.chain import BuildSettings, Progress, build
from mingyue.printing.checks import check as check_part
from mingyue.printing.profiles.machines import machine as machine_named
from mingyue.printing.profiles.resins import resin as resin_named
from mingyue.web.parts.bridge import telling
from mingyue.web.parts.bridge.jobs import Job, Tell
from mingyue.web.parts.bridge.reading import part_of
from mingyue.web.parts.bridge.wording import as_json

Step = Callable[[str, dict[str, Any]], None]
"""Called with a step's name and what it found."""

# With the model the layers are looked at again, and a bounded number of places is printed virtually. A check of which the
# first look took longer is not made to wait for that.
_MODEL_WITHIN_S = 120.0
MASKS = "masks.job.zip"


def check(job: Job, tell: Tell, step: Step) -> None:
    """The steps `findings`, `masks` (a file in the job's folder, or why not) and `findings` once more."""
    began = time.perf_counter()
    tell(0.0, say("reading the file"))
    part = part_of(job, welded=False)
    settings = settings_of(job)
    looking = _progress(tell, 0.05, 0.4, say("looking at the layers"))
    first = check_part(part, settings, model=False, beyond=False, progress=looking)
    taken_s = time.perf_counter() - began
    step("findings", telling.check_result(first, model_asked=False))
    why = _masks(job, tell, looked_at=first.layers > 0)
    step("masks", {"why_not": why})
    if taken_s > _MODEL_WITHIN_S or not first.layers:
        return
    second = check_part(part, settings, model=True, progress=_progress(tell, 0.7, 1.0, say("asking the model")))
    step("findings", telling.check_result(second, model_asked=True))


def settings_of(job: Job) -> BuildSettings:
    """What the engine is told."""
    return BuildSettings(
        machine=machine_named(job.machine), resin=resin_named(job.resin), layer_um=job.layer_um,
        rotate_deg=job.rotate_deg,
    )  # fmt: skip


def _masks(job: Job, tell: Tell, *, looked_at: bool) -> dict[str, Any] | None:
    """Make the print package; why there is none, where that cannot be done."""
    if not looked_at:
        return as_json(say("There are no masks: its layers could not be looked at."))
    try:
        build(
            part_of(job, welded=False),
            settings_of(job),
            package=job.folder / MASKS,
            progress=_progress(tell, 0.4, 0.7, say("making the masks")),
        )
    except MingyueError as error:
        return as_json(say("There are no masks: {why}", why=error.message))
    return None


def _progress(tell: Tell, start: float, end: float, doing: Phrase) -> Progress:
    def passed(done: int, all_: int) -> None:
        tell(start + (end - start) * done / max(all_, 1), doing)

    return passed
