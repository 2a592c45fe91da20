"""What became of the money of one order, as both sides read it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mingyue.phrases import Phrase, say
from mingyue.web.orders.ledger.accounts import Balance

WHOLE = 1000  # the bar's length


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of what was ordered. kind: how it is drawn; start, length: of the bar."""

    kind: str
    name: Phrase
    amount_fen: int
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Money:
    """What was ordered is in one of these places; together they are the total.

    credited: billed once and given up; released: bound once and set free as the order was cancelled.
    """

    total_fen: int
    unbilled_fen: int
    open_fen: int
    paid_fen: int
    written_off_fen: int
    credited_fen: int
    released_fen: int
    owed_back_fen: int  # paid without being owed; not among the places, for what was credited is where it was

    @property
    def billed_fen(self) -> int:
        """Asked for by invoices that stand."""
        return self.open_fen + self.paid_fen + self.written_off_fen + self.credited_fen

    @property
    def pieces(self) -> Iterator[Piece]:
        """Side by side, those that are something."""
        start = 0.0
        for kind, name, amount_fen in (
            ("paid", say("Paid"), self.paid_fen),
            ("open", say("Billed, not yet paid"), self.open_fen),
            ("written-off", say("Written off"), self.written_off_fen),
            ("credited", say("Credited"), self.credited_fen),
            ("unbilled", say("Not yet billed"), self.unbilled_fen),
            ("released", say("Released by cancelling"), self.released_fen),
        ):
            if amount_fen > 0:
                length = WHOLE * amount_fen / self.total_fen
                yield Piece(kind, name, amount_fen, start, length)
                start += length


def money_of(total_fen: int, now: Balance, *, billed_fen: int, credited_fen: int) -> Money:
    """From the books of an order. billed_fen: of invoices that were not voided; credited_fen: of all credit notes.

    What is in the bank and not owed pays for nothing: it goes back.
    """
    owed_back = max(-now.receivable, 0)
    return Money(
        total_fen=total_fen,
        unbilled_fen=now.committed,
        open_fen=max(now.receivable, 0),
        paid_fen=now.bank - owed_back,
        written_off_fen=now.losses,
        credited_fen=credited_fen,
        released_fen=total_fen - billed_fen - now.committed,
        owed_back_fen=owed_back,
    )
