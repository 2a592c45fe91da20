"""What projects promise: taken in one step that asks as it takes, and given back. In the transaction of what does so."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from mingyue.web.orders import rules
from mingyue.web.orders.models import Approval, Project, Quote
from mingyue.web.records.errors import RefusedError


def take(project: Project, amount_fen: int, *, currency: str) -> None:
    """Promise so much of a project, or say why not."""
    won = Project.objects.filter(
        pk=project.pk, closed_at=None, currency=currency, committed_fen__lte=F("budget_fen") - amount_fen
    ).update(committed_fen=F("committed_fen") + amount_fen)
    if not won:
        project.refresh_from_db()
        raise RefusedError(rules.why_not_pay(project, amount_fen, currency=currency))


def end_approval(quote: Quote, *, at: datetime) -> Approval | None:
    """All that was promised for a quote comes back; the approval that ended so, if there was one."""
    approval = Approval.objects.select_for_update(no_key=True).filter(quote_id=quote.pk, ended_at=None).first()
    if approval is None:
        return None
    give_back(approval, approval.amount_fen - approval.returned_fen)
    Approval.objects.filter(pk=approval.pk).update(ended_at=at)
    return approval


def give_back(approval: Approval, amount_fen: int) -> None:
    """So much of what a project promised is free again."""
    Approval.objects.filter(pk=approval.pk).update(returned_fen=F("returned_fen") + amount_fen)
    Project.objects.filter(pk=approval.project_id).update(committed_fen=F("committed_fen") - amount_fen)
