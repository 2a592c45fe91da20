"""What programs send about quotes, orders and projects over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from mingyue.web.orders.rules import LONGEST_MESSAGE, MOST_FEN, MOST_OPTIONS
from mingyue.web.records.texts import SLUG, WHOLE, Said, line, prose, unsaid

Amount = Annotated[int, Field(strict=True, ge=1, le=MOST_FEN), WHOLE]
OptionNumber = Annotated[int, Field(strict=True, ge=0, lt=MOST_OPTIONS), WHOLE]
Why = Annotated[str, line(300)]


class OptionIn(Said):
    """One way of making the part: a check says machine, resin and layer. service_class, tolerance_um: such as have a price in
    the tariff of the facility that counts. tolerance_um: half-width."""

    check: UUID
    service_class: UUID
    tolerance_um: Annotated[int, Field(strict=True, ge=1, le=10_000), WHOLE]
    quantity: Annotated[int, Field(strict=True, ge=1, le=100_000), WHOLE] = 1
    inspection: Literal["visual", "dimensional", "full"] = "visual"


class QuoteIn(Said):
    """What is to have a price: options of one revision of a part at one facility."""

    options: Annotated[list[OptionIn], Field(min_length=1, max_length=MOST_OPTIONS)]


class TextIn(Said):
    """What one side says to the other."""

    text: Annotated[str, prose(LONGEST_MESSAGE)]


class WithdrawIn(Said):
    """Why it is wanted no more, where there is something to say."""

    why: Annotated[str, prose(500)] = ""


class DeclineIn(Said):
    """Why the facility does not do it; the customer reads it."""

    why: Annotated[str, line(500)]


class ApproveIn(Said):
    """Which project pays for which option."""

    option: OptionNumber
    project: UUID


class AcceptIn(Said):
    """Which option is ordered."""

    option: OptionNumber


class LineChangeIn(Said):
    """Another amount for a line, before tax; lines are counted from 0 in their option."""

    option: OptionNumber
    line: Annotated[int, Field(strict=True, ge=0, le=1000), WHOLE]
    amount_fen: Annotated[int, Field(strict=True, ge=-MOST_FEN, le=MOST_FEN), WHOLE]
    why: Why


class ReplaceIn(Said):
    """The lines that change."""

    changes: Annotated[list[LineChangeIn], Field(min_length=1, max_length=200)]


class AdvanceIn(Said):
    """How far the facility is."""

    state: Literal["scheduled", "making", "made", "delivered"]


class BillIn(Said):
    """An invoice over so much, tax included; over all that is left where no amount is said."""

    amount_fen: Amount = unsaid()
    note: Annotated[str, prose(300)] = ""


class PaymentIn(Said):
    """Money that came or went back. reference: the bank's; the same one is noted once."""

    amount_fen: Amount
    reference: Annotated[str, line(100)]


class LessIn(Said):
    """So much is not asked for, and why."""

    amount_fen: Amount
    why: Why


class WhyIn(Said):
    """Why."""

    why: Why


class ProjectIn(Said):
    """Something that may pay. organisation: whose, by slug; number: of the grant or the cost centre."""

    organisation: Annotated[str, StringConstraints(strict=True, pattern=SLUG)]
    number: Annotated[str, line(60)]
    name: Annotated[str, line(120)]
    budget_fen: Annotated[int, Field(strict=True, ge=0, le=MOST_FEN), WHOLE]


class BudgetIn(Said):
    """Another budget."""

    budget_fen: Annotated[int, Field(strict=True, ge=0, le=MOST_FEN), WHOLE]
