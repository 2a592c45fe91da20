"""Tariffs, quotes, orders and projects, narrowed to what the viewer may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery

from mingyue.web.facilities.models import Facility
from mingyue.web.facilities.queries import facilities
from mingyue.web.orders import contents, rules
from mingyue.web.orders.models import Approval, Entry, Invoice, Message, Order, Project, Quote, Tariff
from mingyue.web.parts.models import Revision
from mingyue.web.parts.queries import parts_of, revision_of
from mingyue.web.people.models import Role
from mingyue.web.people.viewers import Viewer

M = TypeVar("M", bound=Model)
_SELLERS = (Role.OWNER, Role.MANAGER, Role.OPERATOR)  # who of a facility's organisation sees what it is asked


def tariffs_of(viewer: Viewer, facility: Facility) -> QuerySet[Tariff]:
    """Newest first: those that were published, as prices on a wall are; drafts to the facility's own people."""
    if not viewer.signed_in or not viewer.may("facilities:read"):
        return Tariff.objects.none()
    shown = Q(state=Tariff.State.PUBLISHED) | Q(organisation_id__in=viewer.organisations)
    return Tariff.objects.filter(shown, facility=facility, facility__in=facilities(viewer)).order_by("-number")


def tariff_of(viewer: Viewer, tariff_id: UUID) -> Tariff | None:
    """With its facility."""
    found = Tariff.objects.filter(pk=tariff_id).select_related("facility").first()
    return found if found and tariffs_of(viewer, found.facility).filter(pk=tariff_id).exists() else None


def tariff_at(facility_id: UUID, *, at: datetime) -> Tariff | None:
    """The one by which is quoted at that time: of those that are valid, the one that became so last."""
    return (
        Tariff.objects.filter(facility_id=facility_id, state=Tariff.State.PUBLISHED, valid_from__lte=at)
        .order_by("-valid_from", "-number")
        .first()
    )


# --- quotes and orders --------------------------------------------------------------------------------------------


def quotes_of(viewer: Viewer) -> QuerySet[Quote]:
    """Newest first. Of the customer: whoever asked, whoever sees the part, budget holders and owners; of the facility:
    its managers, operators and owners."""
    return _seen(viewer, Quote.objects.all()).select_related("facility").order_by("-at", "-pk")


def _seen(viewer: Viewer, rows: QuerySet[M], *, deal: str = "", quote: str = "") -> QuerySet[M]:
    """Those whose quote they see. deal: how what names both sides is reached from a row, a quote or its order, which never
    differ; quote: how the quote is. A page of a long list is read along its times and each row asked for: nothing here may
    want all quotes first."""
    if not viewer.signed_in or not viewer.may("orders:read"):
        return rows.none()
    sold = Q(**{f"{deal}provider_id__in": _where(viewer, *_SELLERS)})
    return rows.filter(_bought_by(viewer, deal=deal, quote=quote) | sold)


def _bought_by(viewer: Viewer, *, deal: str = "", quote: str = "") -> Q:
    whole = _where(viewer, Role.OWNER, Role.BUDGET_HOLDER)
    bought = Q(**{f"{deal}organisation_id__in": whole})
    if len(whole) == len(viewer.organisations):
        return bought
    # A facility's people see no parts: what leads there is asked for apart, so that no join hides a quote from them.
    parts = parts_of(viewer).order_by().values("pk")
    shown = Revision.objects.filter(pk=OuterRef(f"{quote}revision_id"), part__in=parts)
    within = Q(**{f"{quote}by_id": viewer.person_id}) | Q(Exists(shown))
    return bought | (Q(**{f"{deal}organisation_id__in": viewer.organisations}) & within)


def quote_of(viewer: Viewer, quote_id: UUID) -> Quote | None:
    """The quote, to both sides."""
    found = quotes_of(viewer).filter(pk=quote_id).first()
    if found is not None:
        found.found_by = viewer
    return found


def _sees(viewer: Viewer, quote: Quote) -> bool:
    """Whether they see it; who found it just now is not asked for again, for that takes longer than what is asked then."""
    return quote.found_by is viewer or quote_of(viewer, quote.pk) is not None


def followers_of(viewer: Viewer, quote: Quote) -> QuerySet[Quote]:
    """Quotes in which the same was asked for a later revision, newest first."""
    return quotes_of(viewer).filter(facility_id=quote.facility_id, follows_key=str(quote.pk))


def follower_of(viewer: Viewer, quote: Quote, revision: Revision, *, at: datetime) -> Quote | None:
    """The one of this revision that is still open: looked at, or offered and not run out."""
    found = followers_of(viewer, quote).filter(revision=revision)
    return found.filter(Q(state=Quote.State.REVIEW) | Q(state=Quote.State.OFFERED, valid_until__gt=at)).first()


def newer_revision_of(viewer: Viewer, quote: Quote) -> Revision | None:
    """The newest revision of what was quoted, to who sees the part; None where that is the one that was quoted."""
    quoted = revision_of(viewer, quote.revision_id)
    if quoted is None:
        return None
    newer = Revision.objects.filter(part_id=quoted.part_id, number__gt=quoted.number)
    return newer.select_related("part").order_by("-number").first()


def prices_of(viewer: Viewer, was: Revision, now: Revision) -> tuple[Quote | None, Quote | None]:
    """The quotes by which two revisions are compared: one of the newer that follows one of the older, whatever became of
    that; else of each what was ordered, else what is offered, else what is looked at."""
    standing = _standing(viewer, now)
    for quote in standing:
        followed = followed_by(viewer, quote)
        if followed is not None and followed.revision_id == was.pk:
            return followed, quote
    return next(iter(_standing(viewer, was)), None), next(iter(standing), None)


def _standing(viewer: Viewer, revision: Revision) -> list[Quote]:
    """The quotes of a revision that say a price: the most binding first, then the newest."""
    states = [Quote.State.ACCEPTED, Quote.State.OFFERED, Quote.State.REVIEW]
    found = quotes_of(viewer).filter(revision=revision, state__in=states)
    return sorted(found, key=lambda quote: states.index(Quote.State(quote.state)))


def followed_by(viewer: Viewer, quote: Quote) -> Quote | None:
    """The quote of an earlier revision that this one follows."""
    followed = quote.content.get("follows")
    return quote_of(viewer, UUID(followed["id"])) if followed else None


def side_of(viewer: Viewer, quote: Quote) -> Message.Side:
    """On which side of a quote they are who see it; whoever sees it from both is the customer. Who works for the facility
    and belongs to the customer, where others' parts are hidden from them, sees it from the facility's side only."""
    customers = viewer.belongs_to(quote.organisation_id)
    if customers and viewer.has(quote.provider_id, *_SELLERS):
        customers = Quote.objects.filter(_bought_by(viewer), pk=quote.pk).exists()
    return Message.Side.CUSTOMER if customers else Message.Side.PROVIDER


def sees_as_customer(viewer: Viewer, quote: Quote) -> bool:
    """Whether they stand on the customer's side of a quote that they see."""
    return side_of(viewer, quote) == Message.Side.CUSTOMER


def buys(viewer: Viewer, quote: Quote) -> bool:
    """Whether they act for the customer in it."""
    return not rules.why_not_buy(viewer, quote.organisation_id, sees_as_customer=sees_as_customer(viewer, quote))


def buyers_of(quote: Quote) -> frozenset[UUID]:
    """Who acted for the customer in it, as far as the walls show: asked, approved, accepted."""
    approved = Approval.objects.filter(quote=quote).values_list("by_id", flat=True)
    accepted = Order.objects.filter(quote=quote).values_list("by_id", flat=True)
    return frozenset({quote.by_id, *approved, *accepted})


def content_for(viewer: Viewer, quote: Quote) -> dict[str, Any]:
    """What the quote says, as far as this viewer's side may know it: what pages, the API and documents show."""
    return contents.shown_to(
        quote.content, side=side_of(viewer, quote), confidentiality=contents.confidentiality_of(quote.content),
        ordered=quote.state == Quote.State.ACCEPTED,
    )  # fmt: skip


def asked_of(viewer: Viewer, facility: Facility) -> QuerySet[Quote]:
    """What customers asked this facility for, as it was first answered: the latest first; to the facility's side."""
    ours = quotes_of(viewer).filter(facility=facility, provider_id__in=viewer.organisations, supersedes=None)
    return ours.select_related("facility", "order")


def waiting_for(viewer: Viewer) -> QuerySet[Quote]:
    """What waits for their answer as managers of a facility, the longest wait first; nothing for which they acted as the
    customer: that waits for somebody else."""
    theirs = quotes_of(viewer).filter(state=Quote.State.REVIEW, provider_id__in=_where(viewer, Role.MANAGER))
    return theirs.exclude(by_id=viewer.person_id).exclude(approvals__by_id=viewer.person_id).order_by("at", "pk")


def messages_of(viewer: Viewer, quote: Quote) -> QuerySet[Message]:
    """What was said about it, oldest first, and about those whose place it took: it is one conversation."""
    if not _sees(viewer, quote):
        return Message.objects.none()
    quotes, before = [quote.pk], quote.supersedes
    while before is not None:
        quotes.append(before.pk)
        before = before.supersedes
    return Message.objects.filter(quote__in=quotes).select_related("by", "quote").order_by("at", "pk")


def approval_of(viewer: Viewer, quote: Quote) -> Approval | None:
    """Who lets which project pay for it; the customer's affair."""
    if not _sees(viewer, quote) or side_of(viewer, quote) != Message.Side.CUSTOMER:
        return None
    return quote.approvals.filter(ended_at=None).select_related("project", "by").first()


def orders_of(viewer: Viewer) -> QuerySet[Order]:
    """Newest first: those of the quotes that they see."""
    return _seen(viewer, Order.objects.all(), quote="quote__").select_related("quote__facility").order_by("-at", "-pk")


def order_of(viewer: Viewer, order_id: UUID) -> Order | None:
    """With its quote, to both sides."""
    return orders_of(viewer).filter(pk=order_id).first()


def _of_orders(viewer: Viewer, rows: QuerySet[M]) -> QuerySet[M]:
    # Whose they are they say themselves, as the walls read it: said here too, an index leads to those of somebody with few.
    theirs = Q(customer_id__in=viewer.organisations) | Q(organisation_id__in=viewer.organisations)
    return _seen(viewer, rows.filter(theirs), deal="order__", quote="order__quote__")


def invoices_of(viewer: Viewer) -> QuerySet[Invoice]:
    """Of the orders that they see, credit notes too, newest first."""
    return _of_orders(viewer, Invoice.objects.all()).order_by("-at", "-number")


def to_be_paid(at: datetime | None = None) -> Q:
    """Invoices of which something is still to be paid; with a moment, those that should have been paid before it."""
    found = Q(kind=Invoice.Kind.INVOICE, settled_at=None, voided_at=None)
    return found if at is None else found & Q(overdue_at__lte=at)


def invoice_of(viewer: Viewer, invoice_id: UUID) -> Invoice | None:
    """The invoice or credit note, to both sides."""
    return invoices_of(viewer).filter(pk=invoice_id).first()


def entries_of(viewer: Viewer) -> QuerySet[Entry]:
    """What was booked about the orders that they see, with postings and accounts, oldest first."""
    found = _of_orders(viewer, Entry.objects.all())
    found = found.select_related("order__quote__facility", "customer", "invoice__about", "voids")
    return found.prefetch_related("postings__account").order_by("at", "order", "number")


def books_of(viewer: Viewer) -> QuerySet[Facility]:
    """The facilities of whose ledger they see something, also those that are closed by now."""
    one = orders_of(viewer).filter(quote__facility=OuterRef("pk")).values("pk")[:1]
    return Facility.objects.alias(one=Subquery(one)).filter(one__isnull=False).order_by("name")


def approvals_of(viewer: Viewer, project: Project) -> QuerySet[Approval]:
    """What a project promised, newest first; what ended without an order too."""
    seen = projects_of(viewer).filter(pk=project.pk).order_by().values("pk")
    found = Approval.objects.filter(project__in=seen).select_related("quote__facility", "quote__order", "by")
    return found.order_by("-at", "-pk")


def projects_of(viewer: Viewer) -> QuerySet[Project]:
    """Of their organisations, to budget holders and owners; never to those who sell to them."""
    if not viewer.may("orders:read"):
        return Project.objects.none()
    return Project.objects.filter(organisation_id__in=_where(viewer, Role.OWNER, Role.BUDGET_HOLDER)).order_by("number")


def project_of(viewer: Viewer, project_id: UUID) -> Project | None:
    """The project, to those who see its organisation's."""
    return projects_of(viewer).filter(pk=project_id).first()


def _where(viewer: Viewer, *roles: str) -> list[UUID]:
    return [each for each in viewer.organisations if viewer.has(each, *roles)]
