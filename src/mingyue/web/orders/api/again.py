"""The same asked for a later revision, over HTTP: a quote, or the checks that it waits for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import StrictBool

from mingyue.web.orders import queries
from mingyue.web.orders.again import ask_again as ask_the_same
from mingyue.web.orders.api import telling
from mingyue.web.orders.api.shapes import QuoteOut
from mingyue.web.people.access import Needs, caller, now, there
from mingyue.web.records.texts import Said

router = Router(tags=["quotes"])
WRITES = Needs("orders:write")


class AgainIn(Said):
    """withdraw: the quote that is followed, if it is still open, as soon as there is one in its place."""

    withdraw: StrictBool = False


class WaitedForOut(Schema):
    """A check that the quote waits for, or that is done. done: 0…1."""

    id: UUID
    state: str
    done: float


class AgainOut(Schema):
    """What came of it. revision: its number; checks: of which the quote is made, option by option; quote: null until then."""

    revision: int
    checks: list[WaitedForOut]
    quote: QuoteOut | None


@router.post("/quotes/{uuid:quote_id}/again", auth=WRITES, response={201: AgainOut, 202: AgainOut})
def ask_again(request: HttpRequest, response: HttpResponse, quote_id: UUID, said: AgainIn) -> Any:
    """Ask the same for the newest revision of the part. 201 with a quote that follows this one; 202 where checks of the new
    revision still run: ask once more when they are done. Whoever has such a quote that still counts gets that one."""
    viewer, at = caller(request), now()
    came = ask_the_same(actor=viewer, quote_id=quote_id, withdraw=said.withdraw, at=at)
    told: dict[str, Any] = {
        "revision": came.revision.number,
        "checks": [{"id": check.pk, "state": check.state, "done": check.done_share} for check in came.checks],
        "quote": None,
    }
    if came.quote is None:
        return Status(202, told)
    response["Location"] = f"/api/quotes/{came.quote.pk}"
    seen = there(queries.quote_of(viewer, came.quote.pk))
    return Status(201, told | {"quote": telling.quote_as_json(viewer, seen, at=at)})
