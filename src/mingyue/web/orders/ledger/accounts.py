"""What each act does to the books of an order: amounts by kind of account, which sum to zero. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mingyue.phrases import Phrase, say

Amounts = dict[str, int]
Rates = Mapping[int, tuple[int, int]]
"""Tax per mille → net and tax, in fen."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands in the accounts of one order, debits above zero."""

    committed: int = 0
    backlog: int = 0
    receivable: int = 0
    revenue: int = 0
    tax: int = 0
    bank: int = 0
    losses: int = 0

    def after(self, amounts: Mapping[str, int]) -> Balance:
        """With these amounts posted."""
        return Balance(**{name: getattr(self, name) + amounts.get(name, 0) for name in self.__slots__})

    @property
    def charged(self) -> int:
        """What the customer is asked for so far: billed, less what was voided or credited."""
        return -(self.revenue + self.tax)


def checked(amounts: Amounts) -> Amounts:
    """The amounts that are not zero. That they do not sum to zero would be a bug."""
    if sum(amounts.values()):
        raise AssertionError(f"{amounts} do not sum to zero")
    return {kind: amount for kind, amount in amounts.items() if amount}


def accepted(total_fen: int) -> Amounts:
    """The customer is bound to pay, the facility to work."""
    return checked({"committed": total_fen, "backlog": -total_fen})


def released(left_fen: int) -> Amounts:
    """What was bound and will not be billed is free."""
    return checked({"committed": -left_fen, "backlog": left_fen})


def billed(rates: Rates) -> Amounts:
    """What was bound is now to be paid."""
    net, tax = (sum(pair[place] for pair in rates.values()) for place in (0, 1))
    both = net + tax
    return checked({"receivable": both, "revenue": -net, "tax": -tax, "committed": -both, "backlog": both})


def voided(rates: Rates) -> Amounts:
    """As if it had not been billed."""
    return checked({kind: -amount for kind, amount in billed(rates).items()})


def credited(rates: Rates) -> Amounts:
    """Less is to be paid than was billed; what was bound stays used up."""
    net, tax = (sum(pair[place] for pair in rates.values()) for place in (0, 1))
    return checked({"revenue": net, "tax": tax, "receivable": -net - tax})


def paid(amount_fen: int) -> Amounts:
    """Money came."""
    return checked({"bank": amount_fen, "receivable": -amount_fen})


def refunded(amount_fen: int) -> Amounts:
    """Money went back."""
    return checked({"bank": -amount_fen, "receivable": amount_fen})


def written_off(amount_fen: int) -> Amounts:
    """Nobody will pay this."""
    return checked({"losses": amount_fen, "receivable": -amount_fen})


# --- why not ------------------------------------------------------------------------------------------------------


def why_not_bill(now: Balance, amount_fen: int) -> list[Phrase]:
    """An invoice never bills more than was ordered."""
    return _why_not(amount_fen, now.committed, say("of the order is left to be billed"))


def why_not_pay(now: Balance, amount_fen: int) -> list[Phrase]:
    """Nobody pays what was not billed."""
    return _why_not(amount_fen, now.receivable, say("is billed and not yet paid"))


def why_not_write_off(now: Balance, amount_fen: int) -> list[Phrase]:
    """Only what is open is given up."""
    return _why_not(amount_fen, now.receivable, say("is billed and not yet paid"))


def why_not_refund(now: Balance, amount_fen: int) -> list[Phrase]:
    """Only what came goes back, as far as it is not owed."""
    return _why_not(amount_fen, min(-now.receivable, now.bank), say("was paid without being owed"))


def why_not_credit(now: Balance, amount_fen: int, *, left_fen: int) -> list[Phrase]:
    """left_fen: what earlier credit notes left of the invoice. What was written off is not given away once more."""
    return _why_not(amount_fen, min(left_fen, now.receivable + now.bank), say("of the invoice is left to be credited"))


def why_not_void(now: Balance, total_fen: int, *, voided: bool, credited: bool, cancelled: bool) -> list[Phrase]:
    """Why an invoice stands."""
    reasons = []
    if voided:
        reasons.append(say("This invoice was voided already."))
    elif now.receivable < total_fen:
        reasons.append(say("Some of this invoice was paid or written off; write a credit note instead."))
    if credited:
        reasons.append(say("There is a credit note about this invoice."))
    if cancelled:
        reasons.append(say("This order was cancelled."))
    return reasons


def _why_not(amount_fen: int, most_fen: int, what: Phrase) -> list[Phrase]:
    if 0 < amount_fen <= most_fen:
        return []
    if amount_fen <= 0:
        return [say("An amount is more than nothing.")]
    return [
        say("{most:,.2f} {what}, and this is {amount:,.2f}.", most=max(most_fen, 0) / 100, what=what,
            amount=amount_fen / 100)
    ]  # fmt: skip
