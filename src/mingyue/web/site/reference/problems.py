"""What each status of a problem means, for the page about the API. A test holds it against what the description promises."""

from __future__ import annotations

from typing import Final

from mingyue.phrases import Phrase, say

# status → the types of its problems, and what it means.
MEANINGS: Final[dict[str, tuple[tuple[str, ...], Phrase]]] = {
    "400": (
        ("unreadable", "invalid", "bad-input"),
        say("The body is no JSON, or a value names nothing that there is."),
    ),
    "401": (("not-signed-in",), say("No key or session, or a bad one.")),
    "403": (
        ("scope-missing", "refused", "token-missing"),
        say("Beyond the key, forbidden by a rule, or a change in a session without its token."),
    ),
    "404": (("not-found",), say("Not there, or not for you.")),
    "405": (("method-not-allowed",), say("Nothing is done there by this method; Allow names those that there are.")),
    "409": (
        ("conflict", "idempotency-key-reused"),
        say("Somebody was faster, or the key came with another request."),
    ),
    "412": (("changed-meanwhile",), say("If-Match names a state that is gone: read it anew.")),
    "413": (("too-large",), say("More than the limits take.")),
    "422": (("invalid",), say("Values that do not fit the description; errors names each.")),
    "428": (("state-unsaid",), say("A change without If-Match.")),
    "429": (("too-many-requests",), say("Wait as many seconds as Retry-After says.")),
    "500": (("fault",), say("A fault of ours; it is logged.")),
    "503": (("busy",), say("Others held for 15 s what this needed. Nothing was done: send it again.")),
}
