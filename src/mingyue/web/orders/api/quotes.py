"""Quotes over HTTP: asking, comparing, talking, approving, accepting, and the facility's answer."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from mingyue.web.orders import queries, services
from mingyue.web.orders.api import sent, telling
from mingyue.web.orders.api.shapes import OrderOut, QuoteBriefOut, QuoteOut
from mingyue.web.people import queries as people
from mingyue.web.people.access import Needs, caller, now, there
from mingyue.web.records.paging import Cursor, Limit, M, Page, page_of
from mingyue.web.records.texts import SLUG

router = Router(tags=["quotes"])
READS = Needs("orders:read")
WRITES = Needs("orders:write")

_LETTERS = "[0-9A-HJKMNP-TV-Z]"  # Crockford's; see names.py
_NUMBER = rf"-{_LETTERS}{{4}}-{_LETTERS}{{4}}$"
QUOTE_NUMBER, ORDER_NUMBER = f"^Q{_NUMBER}", f"^O{_NUMBER}"

OfOrganisation = Annotated[
    str, Query(None, pattern=SLUG, description="Where this organisation of the caller's buys or sells, by slug.")
]
State = Annotated[
    Literal["review", "offered", "declined", "superseded", "withdrawn", "accepted"] | None,
    Query(None, description="Those that stand so."),
]
OfPart = Annotated[UUID | None, Query(None, description="Those of this part.")]
Number = Annotated[str, Query(None, pattern=QUOTE_NUMBER, description="The one of this number, such as Q-7F3K-2M9P.")]


@router.get("/quotes", auth=READS, response=Page[QuoteBriefOut])
def list_quotes(
    request: HttpRequest,
    *,
    organisation: OfOrganisation = "",
    state: State = None,
    part: OfPart = None,
    number: Number = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """Those that the caller may see, the newest first: their organisations', and those of the facilities where they work."""
    found = of_organisation(request, queries.quotes_of(caller(request)), organisation)
    if state:
        found = found.filter(state=state)
    if part:  # as the quote says it: a facility's people see no parts
        found = found.filter(part_key=str(part))
    if number:
        found = found.filter(number=number)
    page = page_of(found, cursor=cursor, limit=limit, by="at")
    return told_page(page, partial(telling.quote_in_list, caller(request)))


@router.post("/quotes", auth=WRITES, response={201: QuoteOut})
def ask_quote(request: HttpRequest, response: HttpResponse, said: sent.QuoteIn) -> Any:
    """Ask for a price. Each option is a check that has its first findings, with wishes; all are of one revision of a part at
    one facility. It is offered at once, or looked at by a person of the facility first: `review` says why. What it says
    never changes. An option whose check still ran is not `settled`: it can be approved when that is done."""
    asked = [
        services.Asked(
            check_id=one.check, service_class_id=one.service_class, tolerance_um=one.tolerance_um,
            quantity=one.quantity, inspection=one.inspection,
        )
        for one in said.options
    ]  # fmt: skip
    quote = services.ask_quote(actor=caller(request), asked=asked, at=now())
    response["Location"] = f"/api/quotes/{quote.pk}"
    return Status(201, _told(request, quote.pk))


@router.get("/quotes/{uuid:quote_id}", auth=READS, response=QuoteOut)
def show_quote(request: HttpRequest, quote_id: UUID) -> Any:
    """One quote with its options side by side, to either side. Who pays, only the customer's side is told."""
    return _told(request, quote_id)


@router.post("/quotes/{uuid:quote_id}/messages", auth=WRITES, response={201: QuoteOut})
def say_message(request: HttpRequest, quote_id: UUID, said: sent.TextIn) -> Any:
    """Say something to the other side."""
    services.say_message(actor=caller(request), quote_id=quote_id, text=said.text, at=now())
    return Status(201, _told(request, quote_id))


@router.post("/quotes/{uuid:quote_id}/review", auth=WRITES, response=QuoteOut)
def ask_review(request: HttpRequest, quote_id: UUID, said: sent.TextIn) -> Any:
    """The customer wants a person to look at an offer, and says why. Until then it cannot be accepted."""
    services.ask_review(actor=caller(request), quote_id=quote_id, text=said.text, at=now())
    return _told(request, quote_id)


@router.post("/quotes/{uuid:quote_id}/withdraw", auth=WRITES, response=QuoteOut)
def withdraw_quote(request: HttpRequest, quote_id: UUID, said: sent.WithdrawIn) -> Any:
    """The customer does not want it any more. What was approved is free again."""
    services.withdraw_quote(actor=caller(request), quote_id=quote_id, why=said.why, at=now())
    return _told(request, quote_id)


@router.post("/quotes/{uuid:quote_id}/approve", auth=WRITES, response=QuoteOut)
def approve_quote(request: HttpRequest, quote_id: UUID, said: sent.ApproveIn) -> Any:
    """A budget holder lets a project pay for one option; so much of its budget is promised at once."""
    services.approve_quote(
        actor=caller(request), quote_id=quote_id, option=said.option, project_id=said.project, at=now()
    )
    return _told(request, quote_id)


@router.post("/quotes/{uuid:quote_id}/withdraw-approval", auth=WRITES, response=QuoteOut)
def withdraw_approval(request: HttpRequest, quote_id: UUID) -> Any:
    """A budget holder takes the approval back; the money is free again. What was accepted stays approved."""
    services.withdraw_approval(actor=caller(request), quote_id=quote_id, at=now())
    return _told(request, quote_id)


@router.post("/quotes/{uuid:quote_id}/accept", auth=WRITES, response={201: OrderOut})
def accept_quote(request: HttpRequest, response: HttpResponse, quote_id: UUID, said: sent.AcceptIn) -> Any:
    """The customer orders the option that was approved. Of two callers one gets the order; who says the same once more gets
    the order that they made."""
    order = services.accept_quote(actor=caller(request), quote_id=quote_id, option=said.option, at=now())
    response["Location"] = f"/api/orders/{order.pk}"
    return Status(
        201, telling.order_as_json(caller(request), there(queries.order_of(caller(request), order.pk)), at=now())
    )


# --- the facility's answer ----------------------------------------------------------------------------------------


@router.post("/quotes/{uuid:quote_id}/release", auth=WRITES, response=QuoteOut)
def release_quote(request: HttpRequest, quote_id: UUID) -> Any:
    """A manager of the facility looked, and offers it as it is."""
    services.release_quote(actor=caller(request), quote_id=quote_id, at=now())
    return _told(request, quote_id)


@router.post("/quotes/{uuid:quote_id}/decline", auth=WRITES, response=QuoteOut)
def decline_quote(request: HttpRequest, quote_id: UUID, said: sent.DeclineIn) -> Any:
    """The facility does not do it, and says why."""
    services.decline_quote(actor=caller(request), quote_id=quote_id, why=said.why, at=now())
    return _told(request, quote_id)


@router.post("/quotes/{uuid:quote_id}/replace", auth=WRITES, response={201: QuoteOut})
def replace_quote(request: HttpRequest, response: HttpResponse, quote_id: UUID, said: sent.ReplaceIn) -> Any:
    """A manager of the facility offers it with other lines: a new quote, which takes the place of this one."""
    changes = [services.Change(**one.model_dump()) for one in said.changes]
    quote = services.replace_quote(actor=caller(request), quote_id=quote_id, changes=changes, at=now())
    response["Location"] = f"/api/quotes/{quote.pk}"
    return Status(201, _told(request, quote.pk))


def of_organisation(request: HttpRequest, rows: QuerySet[M], slug: str, *, seller: str = "provider") -> QuerySet[M]:
    """Those in which this organisation of the caller's buys or sells."""
    if not slug:
        return rows
    meant = there(people.organisation_of(caller(request), slug))
    return rows.filter(Q(organisation=meant) | Q(**{seller: meant}))


def told_page(page: dict[str, Any], tell: Any) -> dict[str, Any]:
    """A page of rows, each told as this does."""
    return page | {"items": [tell(row) for row in page["items"]]}


def _told(request: HttpRequest, quote_id: UUID) -> Any:
    viewer = caller(request)
    return telling.quote_as_json(viewer, there(queries.quote_of(viewer, quote_id)), at=now())
