"""What budget holders do: projects, and what these may pay for. A budget is promised once, whoever else promises it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from mingyue.phrases import Phrase, say
from mingyue.web.orders import queries, rules
from mingyue.web.orders.budgets import end_approval, take
from mingyue.web.orders.lapsing import end_lapsed, tell_lapsed
from mingyue.web.orders.models import Approval, Project, Quote
from mingyue.web.orders.sides import acting, tell_both
from mingyue.web.parts.models import Check
from mingyue.web.people.viewers import Viewer
from mingyue.web.records.errors import ConflictError, InvalidError, NotFoundError, RefusedError, refuse
from mingyue.web.records.services import record


def open_project(
    *, actor: Viewer, organisation_id: UUID, number: str, name: str, budget_fen: int, at: datetime
) -> Project:
    """Something that may pay."""
    _holds_budget(actor, organisation_id)
    _right_budget(budget_fen)
    if not 1 <= len(number.strip()) <= 60:
        raise InvalidError("number", say("A project's number has 1 to 60 characters."))
    try:
        with transaction.atomic():
            project = Project.objects.create(
                organisation_id=organisation_id, number=number.strip(), name=name.strip()[:120],
                budget_fen=budget_fen, at=at,
            )  # fmt: skip
            facts = {"number": project.number, "budget_fen": budget_fen}
            record(actor=actor, what="project.opened", subject=project, at=at, facts=facts)
    except IntegrityError as error:
        raise InvalidError("number", say("There is a project of this number already.")) from error
    return project


def change_budget(*, actor: Viewer, project_id: UUID, version: int, budget_fen: int, at: datetime) -> None:
    """More or less; never less than was promised of it."""
    project = _project(actor, project_id)
    _right_budget(budget_fen)
    with transaction.atomic():
        won = Project.objects.filter(
            pk=project_id, version=version, committed_fen__lte=budget_fen, closed_at=None
        ).update(budget_fen=budget_fen, version=version + 1)
        if not won:
            raise _why_lost(Project.objects.get(pk=project_id), version)
        record(actor=actor, what="project.budget_changed", subject=project, at=at, facts={"budget_fen": budget_fen})


def close_project(*, actor: Viewer, project_id: UUID, at: datetime) -> None:
    """It pays for nothing new. What was promised stands."""
    project = _project(actor, project_id)
    with transaction.atomic():
        if not Project.objects.filter(pk=project_id, closed_at=None).update(closed_at=at):
            raise RefusedError([say("The project is closed.")])
        record(actor=actor, what="project.closed", subject=project, at=at)


def approve_quote(*, actor: Viewer, quote_id: UUID, option: int, project_id: UUID, at: datetime) -> Approval:
    """A project pays for this option. Two at once never promise the same money: the update asks and takes in one step."""
    quote = _quote(actor, quote_id)
    project = _project(actor, project_id)
    if project.organisation_id != quote.organisation_id:
        raise NotFoundError
    with acting(actor, quote):
        held = Quote.objects.select_for_update(no_key=True).get(
            pk=quote_id
        )  # while it is approved nobody accepts or replaces it
        if reason := rules.why_closed(held, at=at):
            raise ConflictError(reason, remedy=say("Look at the quote as it is now, or ask anew."))
        refuse(rules.why_not_take(actor, held))
        if not 0 <= option < len(held.content["options"]):
            raise InvalidError("option", say("The quote has no such option."))
        if held.approvals.filter(ended_at=None).exists():
            raise RefusedError([say("This quote was approved already.")])
        chosen = held.content["options"][option]
        refuse(rules.why_not_settled(chosen, Check.objects.get(pk=chosen["check"]), looked_at=held.looked_at))
        amount_fen = chosen["total_fen"]
        lapsed = end_lapsed(project, at=at)
        take(project, amount_fen, currency=held.content["currency"])
        approval = Approval.objects.create(
            organisation_id=held.organisation_id, quote=held, option=option, project=project, amount_fen=amount_fen,
            by_id=actor.someone, at=at,
        )  # fmt: skip
        tell_lapsed(lapsed, at=at, beside=[held])
        # The facility learns that it was approved; what pays for it is the customer's affair until there is an order.
        tell_both(
            actor=actor, what="quote.approved", subject=held, shared=held, at=at,
            facts={"option": option, "amount_fen": amount_fen},
        )  # fmt: skip
    return approval


def withdraw_approval(*, actor: Viewer, quote_id: UUID, at: datetime) -> None:
    """The money is free again. What was accepted stays approved."""
    quote = _quote(actor, quote_id)
    with acting(actor, quote):
        held = Quote.objects.select_for_update(no_key=True).get(pk=quote_id)
        if held.state == Quote.State.ACCEPTED:
            raise RefusedError([say("This quote was accepted already.")])
        if not end_approval(held, at=at):
            raise RefusedError([say("No budget holder has approved this quote.")])
        tell_both(actor=actor, what="quote.approval_withdrawn", subject=held, shared=held, at=at)


def _quote(actor: Viewer, quote_id: UUID) -> Quote:
    quote = queries.quote_of(actor, quote_id)
    if quote is None:
        raise NotFoundError
    _holds_budget(actor, quote.organisation_id)
    return quote


def _project(actor: Viewer, project_id: UUID) -> Project:
    project = queries.project_of(actor, project_id)
    if project is None:
        raise NotFoundError
    _holds_budget(actor, project.organisation_id)
    return project


def _holds_budget(actor: Viewer, organisation_id: UUID) -> None:
    """Members are told why not; to others there is nothing here, not even to those who sell to it."""
    if not actor.belongs_to(organisation_id) or not actor.may("orders:write"):
        raise NotFoundError
    refuse(rules.why_not_spend(actor, organisation_id))


def _right_budget(budget_fen: int) -> None:
    if not 0 <= budget_fen <= rules.MOST_FEN:
        raise InvalidError("budget_fen", say("A budget is from nothing to {most:,} fen.", most=rules.MOST_FEN))


def _why_lost(project: Project, version: int) -> RefusedError | ConflictError:
    reasons: list[Phrase] = []
    if project.closed_at:
        reasons.append(say("The project is closed."))
    elif project.version == version:
        reasons.append(say("More than this was promised already."))
    if reasons:
        return RefusedError(reasons)
    return ConflictError(
        say("Somebody changed this meanwhile."), remedy=say("Look at what it says now, and change it again.")
    )
