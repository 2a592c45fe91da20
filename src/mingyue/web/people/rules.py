"""Why something may not happen among people. Pure: what is known comes in, the reasons go out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from mingyue.phrases import Phrase, say
from mingyue.web.people.models import Invitation, Role
from mingyue.web.people.viewers import SCOPES, Viewer

LONGEST_KEY = timedelta(days=366)


def why_not_lead(viewer: Viewer, organisation_id: UUID) -> list[Phrase]:
    """Why this viewer may not decide about members."""
    if viewer.has(organisation_id, Role.OWNER):
        return []
    return [say("Only an owner of the organisation may do this.")]


def why_not_roles(roles: Collection[str], *, runs_platform: bool) -> list[Phrase]:
    """Why a member cannot have these roles."""
    reasons = []
    if not roles:
        reasons.append(say("A member needs at least one role."))
    unknown = sorted(set(roles) - set(Role.values))
    reasons += [say("There is no role named {role}.", role=role) for role in unknown]
    if Role.OFFICE in roles and not runs_platform:
        reasons.append(say("Only the organisation that runs the platform has a park office."))
    return reasons


def why_not_without(owners: Iterable[UUID], leaving: UUID) -> list[Phrase]:
    """Why this person cannot stop being an owner: somebody must be one."""
    if set(owners) - {leaving}:
        return []
    return [say("An organisation needs an owner, and this is the last one.")]


def why_not_accept(invitation: Invitation, *, email: str, at: datetime) -> list[Phrase]:
    """Why this letter does not let this reader in."""
    reasons = []
    if invitation.accepted_at:
        reasons.append(say("This invitation was accepted already."))
    if invitation.withdrawn_at:
        reasons.append(say("This invitation was withdrawn."))
    if invitation.expires_at <= at:
        reasons.append(say("This invitation ran out on {day}.", day=f"{invitation.expires_at:%Y-%m-%d}"))
    if invitation.email.lower() != email.lower():
        reasons.append(say("This invitation is for another e-mail address."))
    return reasons


def why_not_key(scopes: Collection[str], *, expires_at: datetime, at: datetime) -> list[Phrase]:
    """Why there can be no such key."""
    reasons = []
    if not scopes:
        reasons.append(say("A key needs at least one scope."))
    reasons += [say("There is no scope named {scope}.", scope=scope) for scope in sorted(set(scopes) - set(SCOPES))]
    if not at < expires_at <= at + LONGEST_KEY:
        reasons.append(say("A key ends within a year."))
    return reasons
