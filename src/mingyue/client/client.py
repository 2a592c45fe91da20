"""What a program asks of the platform, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from mingyue.client.asking import Identified, id_of
from mingyue.client.documents import Form, document
from mingyue.client.providing import Providing
from mingyue.client.things import Check, Event, Facility, Finding, Machine, Me, Part, PartBrief
from mingyue.client.uploads import Progress, upload
from mingyue.errors import MingyueError
from mingyue.phrases import say

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 3.0
_EVENTS = 100  # at a time


class WaitedTooLongError(MingyueError):
    """The platform is still at it."""

    exit_code = 13


class Client(Providing):
    """One platform, asked with one key. Close it, or use it as a context.

    language: in which the platform's texts come, en or zh. Each call raises ApiError where the platform refuses,
    UnreachableError where it does not answer. Not for several threads at once.
    """

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def me(self) -> Me:
        """Who asks, where they belong, and what the key may do."""
        return self._read("/api/me", Me)

    def facilities(self) -> Iterator[Facility]:
        """Those that are open, and one's own."""
        return self._pages("/api/facilities", Facility)

    def machines(self, facility: str) -> list[Machine]:
        """The machines of a facility, which is named by its slug."""
        return self._read(f"/api/facilities/{facility}/machines", list[Machine])

    def parts(self, *, organisation: str = "") -> Iterator[PartBrief]:
        """Those that one may see, the newest first; page after page as they are asked for."""
        return self._pages("/api/parts", PartBrief, organisation=organisation)

    def part(self, part_id: str) -> Part:
        """A part with its revisions and checks."""
        return self._read(f"/api/parts/{part_id}", Part)

    def upload(
        self, path: str | Path, *, organisation: str = "", units: str = "", name: str = "", note: str = "",
        confidentiality: str = "confidential", progress: Progress | None = None,
    ) -> Part:  # fmt: skip
        """A file becomes a part. organisation: its slug; not needed where the key's is meant. units: of a file without."""
        path = Path(path)
        sent = upload(self._call, path, organisation=organisation, progress=progress)
        said = {"upload": sent, "name": name or path.stem[:120], "note": note, "confidentiality": confidentiality}
        made = self._post("/api/parts", said | ({"units": units} if units else {}))
        return msgspec.convert(made, Part, strict=False)

    def ask_check(
        self,
        revision_id: str,
        *,
        machine: str,
        resin: str,
        layer_um: float | None = None,
        rotation: tuple[float, float, float] | None = None,
    ) -> Check:
        """Have it checked whether this revision can be made so; the check that is there where it was asked already.

        rotation: degrees about x, then y, then z, by which it is turned first; None leaves it as the file has it.
        """
        said: dict[str, Any] = {"machine": machine, "resin": resin}
        wishes = {"layer_um": layer_um, "rotation": rotation}
        said |= {name: value for name, value in wishes.items() if value is not None}
        made = self._post(f"/api/revisions/{revision_id}/checks", said)
        return msgspec.convert(made, Check, strict=False)

    def wait_for_checks(
        self, part: Part | str, *, timeout_s: float = 600.0, progress: Callable[[Part], None] | None = None
    ) -> Part:
        """The part, once its newest revision was read and all checks of it have ended; at once where it cannot be read.

        Raises WaitedTooLongError. progress: called with the part as it is, again and again.
        """
        part_id = part if isinstance(part, str) else part.id
        waited_s, pause_s = 0.0, _FIRST_PAUSE_S
        while True:
            now = self.part(part_id)
            if progress is not None:
                progress(now)
            newest = now.newest
            read = newest.state == "read" and all(check.ended for check in newest.checks)
            if read or newest.state == "refused":
                return now
            if waited_s >= timeout_s:
                raise WaitedTooLongError(
                    say("The checks of {part} are not done after {seconds:g} s.", part=now.name, seconds=timeout_s),
                    remedy=say("Wait longer, or look at the part in the browser."),
                )
            self._call.sleep(pause_s)
            waited_s, pause_s = waited_s + pause_s, min(pause_s * 1.5, _LONGEST_PAUSE_S)

    def findings(self, check: Check | str) -> list[Finding]:
        """What a check found, the worst first."""
        check_id = check if isinstance(check, str) else check.id
        told = self._call("GET", f"/api/checks/{check_id}/findings").json()
        return msgspec.convert(told["findings"], list[Finding], strict=False)

    def events(
        self, *, after: int = 0, kind: str = "", organisation: str = "", follow: bool = False
    ) -> Iterator[Event]:
        """What happened, oldest first, beginning after an event's number. kind: such as order.billed, or quote.*

        follow: never end; wait for what happens next. Keep the number of the last one, and go on after it another time.
        """
        chosen = {name: value for name, value in (("kind", kind), ("organisation", organisation)) if value}
        while True:
            query = urlencode(chosen | {"after": str(after), "limit": str(_EVENTS)})
            page = self._call("GET", f"/api/events?{query}").json()
            yield from msgspec.convert(page["items"], list[Event], strict=False)
            more = page["next"] > after and len(page["items"]) == _EVENTS
            after = page["next"]
            if not more and not follow:
                return
            if not more:
                self._call.sleep(_LONGEST_PAUSE_S)

    def quote_document(self, quote: Identified | str, *, language: str = "", form: Form = "pdf") -> bytes:
        """The quote as a file; language: en or zh, this client's where none is said. JSON holds both."""
        return document(self._call, self._quote(quote), language=language, form=form)

    def order_document(self, order: Identified | str, *, language: str = "", form: Form = "pdf") -> bytes:
        """The order confirmation as a file."""
        return document(self._call, self._order(order), language=language, form=form)

    def invoice_document(self, invoice: Identified | str, *, language: str = "", form: Form = "pdf") -> bytes:
        """The invoice or credit note as a file."""
        return document(self._call, f"/api/invoices/{id_of(invoice)}", language=language, form=form)
