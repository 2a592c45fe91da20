"""Why something may not happen to tariffs. Pure: what is known comes in, the reasons go out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from mingyue.phrases import Phrase, say
from mingyue.web.orders.models import Tariff
from mingyue.web.orders.numbers import faults_of


def why_not_numbers(
    said: Mapping[str, Any], *, machines: Collection[str], classes: Collection[str]
) -> dict[str, Phrase]:
    """What is wrong with a tariff's numbers, by field. machines, classes: those that the facility has."""
    faults = faults_of(said)
    if faults:
        return faults
    return _unknown("machine_hour_fen", said, machines) | _unknown("class_per_mille", said, classes)


def _unknown(field: str, said: Mapping[str, Any], known: Collection[str]) -> dict[str, Phrase]:
    strange = sorted(set(said[field]) - set(known))
    return {field: say("The facility has none that is named {name}.", name=strange[0])} if strange else {}


def why_not_change(tariff: Tariff) -> list[Phrase]:
    """Why a tariff stays as it is."""
    if tariff.state == Tariff.State.PUBLISHED:
        return [say("A published tariff never changes; make a new version.")]
    return []


def why_not_publish(tariff: Tariff, *, valid_from: datetime, at: datetime) -> list[Phrase]:
    """Why a draft cannot be published so."""
    reasons = []
    if tariff.state == Tariff.State.PUBLISHED:
        reasons.append(say("This tariff was published already."))
    if valid_from < at:
        reasons.append(say("A tariff is valid from now on or from later, not from the past."))
    return reasons
