"""What managers of a facility do about quotes, orders and money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from mingyue.client.asking import Identified, id_of
from mingyue.client.deals import Change, Entry, Invoice, Order, Quote, QuoteBrief
from mingyue.client.ordering import Ordering
from mingyue.client.things import Me


class Providing(Ordering):
    """The facility's side of what a customer orders."""

    def waiting(self) -> list[QuoteBrief]:
        """The quotes that wait for an answer of one's facilities, whoever waits longest first."""
        mine = {one.id for one in self._read("/api/me", Me).organisations}
        return [one for one in self.quotes(state="review") if one.provider.id in mine][::-1]

    def release(self, quote: Identified | str) -> Quote:
        """Offer it as it is."""
        return self._act(f"{self._quote(quote)}/release", Quote)

    def decline(self, quote: Identified | str, why: str) -> Quote:
        """It is not done; the customer reads why."""
        return self._act(f"{self._quote(quote)}/decline", Quote, why=why)

    def replace(self, quote: Identified | str, changes: Sequence[Change]) -> Quote:
        """Offer it with other lines: the quote that takes the place of this one."""
        return self._act(f"{self._quote(quote)}/replace", Quote, changes=msgspec.to_builtins(changes))

    def advance(self, order: Identified | str, state: str) -> Order:
        """How far it is: scheduled, making, made, delivered."""
        return self._act(f"{self._order(order)}/advance", Order, state=state)

    def bill(self, order: Identified | str, amount_fen: int | None = None, *, note: str = "") -> Invoice:
        """An invoice over so much, tax included; over all that is left where nothing is said."""
        said: dict[str, Any] = {} if amount_fen is None else {"amount_fen": amount_fen}
        return self._act(f"{self._order(order)}/bill", Invoice, note=note, **said)

    def note_payment(self, order: Identified | str, amount_fen: int, *, reference: str) -> Entry:
        """Money came. reference: the bank's; the same one is noted once."""
        return self._act(f"{self._order(order)}/payments", Entry, amount_fen=amount_fen, reference=reference)

    def note_refund(self, order: Identified | str, amount_fen: int, *, reference: str) -> Entry:
        """Money went back: what was paid and is not owed."""
        return self._act(f"{self._order(order)}/refunds", Entry, amount_fen=amount_fen, reference=reference)

    def write_off(self, order: Identified | str, amount_fen: int, *, why: str) -> Entry:
        """Nobody will pay this."""
        return self._act(f"{self._order(order)}/write-offs", Entry, amount_fen=amount_fen, why=why)

    def void(self, invoice: Identified | str, *, why: str) -> Invoice:
        """An invoice that should not have been."""
        return self._act(f"/api/invoices/{id_of(invoice)}/void", Invoice, why=why)

    def credit(self, invoice: Identified | str, amount_fen: int, *, why: str) -> Invoice:
        """Ask for less than was billed: the credit note."""
        return self._act(f"/api/invoices/{id_of(invoice)}/credit", Invoice, amount_fen=amount_fen, why=why)
