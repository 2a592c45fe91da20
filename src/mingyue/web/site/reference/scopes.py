"""What each scope of a key reaches, for the page about the API. A test holds it against the scopes that there are."""

from __future__ import annotations

from typing import Final

from mingyue.phrases import Phrase, say

REACHES: Final[dict[str, Phrase]] = {
    "parts:read": say("parts, revisions, checks, findings, geometry, masks"),
    "parts:write": say("uploads, new parts and revisions, changes, readers, checks"),
    "facilities:read": say("facilities, machines, hours, service classes, tariffs"),
    "materials:read": say("resins, recipes and their versions"),
    "materials:write": say("recipes: write, revise, share"),
    "orders:read": say("quotes, what was said about them, orders, invoices, projects, the ledger"),
    "orders:write": say(
        "ask, talk, approve, accept, cancel; for managers of a facility: offer, decline, bill, note payments"
    ),
    "organisation:read": say("the organisation, its members and invitations"),
    "events:read": say("the feed of events, webhooks and what was sent to them, sending again"),
}
