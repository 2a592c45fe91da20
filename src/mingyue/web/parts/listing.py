"""A list of parts as it is shown: for each its newest revision, and how it can best be made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mingyue.phrases import Phrase, say
from mingyue.web.parts.models import Check, Part, Revision

VERDICTS = {
    "fine": say("can be made"),
    "note": say("can be made"),
    "risk": say("at some risk"),
    "fails": say("cannot be made as it is"),
}
_VERDICTS_BEST_FIRST = ("fine", "note", "risk", "fails", "")
# The classes of confidentiality in a word; what they mean is told where they are chosen.
CLASSES = {
    "public": say("public"),
    "internal": say("internal"),
    "confidential": say("confidential"),
    "controlled": say("controlled"),
}
_ICONS = {"fine": "good", "note": "good"}


@dataclass(frozen=True, slots=True)
class Row:
    """verdict: of the check that ended best, or empty; state: what is told instead while there is none."""

    part: Part
    revision: Revision | None
    verdict: str
    said: Phrase | str
    made_on: str
    updated_at: datetime

    @property
    def class_name(self) -> Phrase:
        """Its class of confidentiality."""
        return CLASSES[self.part.confidentiality]

    @property
    def icon(self) -> str:
        """The sign of its verdict."""
        return _ICONS.get(self.verdict, self.verdict)


def rows_of(parts: Iterable[Part]) -> list[Row]:
    """Three questions to the database, however many parts there are."""
    parts = list(parts)
    newest = {one.part_id: one for one in Revision.objects.filter(part__in=parts).order_by("number")}
    # A check's findings are large, and a list of parts tells only its verdict.
    ended = (
        Check.objects.filter(revision__in=newest.values(), state=Check.State.DONE)
        .select_related("machine", "resin")
        .defer("findings", "looked", "estimate")
    )
    checks = {check.revision_id: check for check in sorted(ended, key=_how_bad, reverse=True)}
    return [_row(part, newest.get(part.pk), checks) for part in parts]


def _how_bad(check: Check) -> tuple[int, float]:
    """The best comes last: one way of making it is enough. Of equal ones the newest."""
    return _VERDICTS_BEST_FIRST.index(check.verdict), -check.asked_at.timestamp()


def _row(part: Part, revision: Revision | None, checks: dict[UUID, Check]) -> Row:
    check = checks.get(revision.pk) if revision else None
    if check:
        said: Phrase | str = VERDICTS.get(check.verdict, say("checked"))
    elif revision:
        said = revision.get_state_display()
    else:
        said = say("no file yet")
    moments = (part.created_at, revision.at if revision else None, check.ended_at if check else None)
    return Row(
        part=part,
        revision=revision,
        verdict=check.verdict if check else "",
        said=said,
        made_on=f"{check.machine.name} · {check.resin.title}" if check else "",
        updated_at=max(at for at in moments if at),
    )
