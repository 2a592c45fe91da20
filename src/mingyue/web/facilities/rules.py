"""Why something may not happen to a facility or what stands in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from mingyue.phrases import Phrase, say
from mingyue.web.facilities.models import Machine
from mingyue.web.people.models import Role
from mingyue.web.people.viewers import Viewer


def why_not_manage(viewer: Viewer, organisation_id: UUID) -> list[Phrase]:
    """Why this viewer may not change what a facility offers."""
    if viewer.has(organisation_id, Role.MANAGER):
        return []
    return [say("Only a manager of the facility may do this.")]


def why_not_operate(viewer: Viewer, organisation_id: UUID) -> list[Phrase]:
    """Why this viewer may not say how a machine is, or when it is down."""
    if viewer.has(organisation_id, Role.MANAGER, Role.OPERATOR):
        return []
    return [say("Only an operator or a manager of the facility may do this.")]


def why_not_state(machine: Machine, state: str) -> list[Phrase]:
    """Why a machine cannot be said to be so."""
    if state not in Machine.State.values:
        return [say("There is no state named {state}.", state=state)]
    if state == machine.state:
        return [say("The machine is in this state already.")]
    return []


def why_not_down(starts_at: datetime, ends_at: datetime, *, at: datetime) -> list[Phrase]:
    """Why there can be no such downtime."""
    reasons = []
    if starts_at >= ends_at:
        reasons.append(say("A downtime ends after it begins."))
    if ends_at <= at:
        reasons.append(say("A downtime that is over cannot be announced."))
    return reasons


def why_not_zone(zone: str) -> list[Phrase]:
    """Why hours cannot be meant in this zone."""
    return [] if zone in available_timezones() else [say("There is no time zone named {zone}.", zone=zone)]
