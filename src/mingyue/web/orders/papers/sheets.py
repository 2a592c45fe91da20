"""A document in one language, as strings in the order in which they are printed: what `paper.typ` lays out.

The layout knows neither kinds of documents nor languages. A sheet is JSON; pairs are a label and what stands there:

language title number author     stamp: a word across each page      marks: what is said at the top of each page
parties: label, names, lines     facts: pairs                        notes: what stands below all
sections: title, facts, head and rows of a table, sums (pairs); in a table all columns but the first are numbers
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mingyue.phrases import Language, Phrase, in_language, say
from mingyue.web.orders.papers.documents import Json
from mingyue.web.orders.pricing.prices import INSPECTION_NAMES
from mingyue.web.orders.templatetags.promised import percent, yuan

Pair = tuple[str, str]
_TITLES = {
    "quote": say("Quote"),
    "order_confirmation": say("Order confirmation"),
    # Not 发票 alone: that word is the tax system's.
    "invoice": say("Commercial invoice"),
    "credit_note": say("Credit note"),
}
_NO_OFFER = {
    "review": say("No offer yet: the facility still looks at this quote."),
    "declined": say("The facility declined this quote."),
    "superseded": say("Another quote took the place of this one."),
    "withdrawn": say("This quote was withdrawn."),
}
_STAMPS = {
    "declined": say("Declined"),
    "superseded": say("Replaced"),
    "withdrawn": say("Withdrawn"),
    "cancelled": say("Cancelled"),
    "voided": say("Voided"),
}
# By a line's unit, in both languages; what is asked once has no quantity.
_QUANTITIES = {"hour": "{:,.3f} h", "ml": "{:,.3f} ml", "part": "{:,.0f}"}


def sheet_of(document: Json, language: Language) -> Json:
    """What is printed of a document."""
    return _Writer(document, language).sheet()


class _Writer:
    """Says the facts of one document in one language."""

    def __init__(self, document: Json, language: Language) -> None:
        self.document, self.language = document, language
        self.is_credit = document["kind"] == "credit_note"

    def sheet(self) -> Json:
        """All of it."""
        document = self.document
        return {
            "language": self.language,
            "title": self.says(_TITLES[document["kind"]]),
            "number": self.number(),
            "author": next(self.parties())["names"][0],
            "stamp": self.stamp(),
            "marks": [self.says(mark) for mark in self.marks()],
            "parties": list(self.parties()),
            "facts": list(self.facts()),
            "sections": list(self.sections()),
            "notes": [self.says(note) for note in self.notes()],
        }

    # --- words ----------------------------------------------------------------------------------------------------

    def says(self, text: str) -> str:
        return str(in_language(text, self.language))

    def name(self, named: Json, field: str = "name") -> str:
        return str((self.language == "zh" and named.get(f"{field}_zh")) or named.get(field) or "")

    def both(self, named: Json, field: str = "name") -> list[str]:
        """The name in this language, then the one in the other where it is another."""
        first = self.name(named, field) or named.get(f"{field}_zh", "")
        others = (named.get(f"{field}_zh"), named.get(field))
        return [first, *(other for other in others if other and other != first)]

    def number(self) -> str:
        """Invoices are counted; the others' numbers are names."""
        number = self.document["number"]
        return self.says(say("No. {number}", number=number)) if isinstance(number, int) else str(number)

    def time(self, at: str) -> str:
        return f"{datetime.fromisoformat(at):%Y-%m-%d %H:%M}"

    def day(self, at: str) -> str:
        return self.time(at)[:10]

    def amount(self, amount_fen: int) -> str:
        """A credit note takes back what it names."""
        return yuan(-amount_fen if self.is_credit else amount_fen)

    # --- what it is worth -----------------------------------------------------------------------------------------

    def stamp(self) -> str:
        state = self.document["standing"]["state"]
        if state in _STAMPS:
            return self.says(_STAMPS[state])
        return self.says(say("Demonstration")) if self.document["demonstration"] else ""

    def marks(self) -> Iterator[Phrase]:
        standing = self.document["standing"]
        if self.document["demonstration"]:
            yield say("Demonstration: the facility or its customer is made up, and so are the prices. No tax document.")
        if self.document["kind"] == "quote" and standing["state"] in _NO_OFFER:
            yield _NO_OFFER[standing["state"]]
        if standing["state"] == "cancelled":
            due, day = yuan(standing["due_fen"]), self.day(standing["since"])
            yield say("This order was cancelled on {day}. Due: {amount}.", day=day, amount=due)
        if standing["state"] == "voided":
            day = self.day(standing["since"])
            yield say("This invoice was voided on {day}: nothing is to be paid for it.", day=day)

    def notes(self) -> Iterator[Phrase]:
        if "terms" in self.document:
            due = {state: percent(share) for state, share in self.document["terms"]["cancel_due_per_mille"].items()}
            yield say(
                "Time is priced at the middle of its estimate. Cancelling costs, of the total: {accepted} once accepted,"
                " {scheduled} once scheduled, {making} while it is made.",
                accepted=due["accepted"], scheduled=due["scheduled"], making=due["making"],
            )  # fmt: skip
            days = self.document["terms"].get("payment_days")
            if days is not None:
                yield say("Invoices are to be paid within {days} days.", days=days)
        if self.document["kind"] == "invoice":
            yield say(
                "This is a commercial invoice, not a fapiao (增值税发票); the facility issues that by its tax system."
            )
        if self.is_credit:
            yield say(
                "This is a commercial credit note, not a fapiao (增值税发票); the facility issues that by its tax system."
            )

    # --- facts ----------------------------------------------------------------------------------------------------

    def parties(self) -> Iterator[Json]:
        sides = {"provider": say("Issued by"), "customer": say("Issued to"), "facility": say("Facility")}
        for side, label in sides.items():
            called = self.document[side]
            names = self.both(called, "legal_name") if has_legal_name(called) else self.both(called)
            yield {"label": self.says(label), "names": names, "lines": list(self.lines(called))}

    def lines(self, called: Json) -> Iterator[str]:
        """Where it is reached, and by which number its tax office knows it."""
        yield from self.both(called, "address")[0].splitlines()
        if called.get("tax_number"):
            yield self.says(say("Tax number: {number}", number=called["tax_number"]))
        if called.get("accounts_email"):
            yield called["accounts_email"]

    def facts(self) -> Iterator[Pair]:
        document, refers = self.document, self.document["references"]
        yield self.pair(say("Date"), f"{self.time(document['at'])} ({document['zone']})")
        if document.get("valid_until"):
            yield self.pair(say("Valid until"), f"{self.time(document['valid_until'])} ({document['zone']})")
        if self.due_on():
            yield self.pair(say("To be paid by"), self.due_on())
        if "invoice" in refers:
            yield self.pair(say("About invoice"), self.about(refers["invoice"]))
        if "order" in refers and document["kind"] != "order_confirmation":
            yield self.pair(say("Order"), f"{refers['order']} ({yuan(document['order']['total_fen'])})")
        if document["kind"] != "quote":
            yield self.pair(say("Quote"), refers["quote"])
            yield self.pair(say("Project"), refers["project"])
        yield self.pair(say("Currency"), document["currency"])
        if document.get("note"):
            yield self.pair(say("Why") if document.get("about") else say("Note"), document["note"])
        if document["standing"].get("why") and document["kind"] == "invoice":
            yield self.pair(say("Why it was voided"), document["standing"]["why"])
        yield from self.part()

    def about(self, number: int) -> str:
        """The invoice that a credit note is about."""
        named, about = self.says(say("No. {number}", number=number)), self.document.get("about")
        return f"{named} ({self.day(about['at'])}, {yuan(about['total_fen'])})" if about else named

    def due_on(self) -> str:
        """Of an invoice that stands; empty where nothing is to be paid, or no terms were quoted."""
        voided = self.document["standing"]["state"] == "voided"
        return "" if voided else str((self.document.get("payment") or {}).get("due_on") or "")

    def part(self) -> Iterator[Pair]:
        part = self.document["part"]
        yield self.pair(say("Part"), part["name"])
        if self.document["withheld"]:
            yield self.pair(say("File"), self.says(say("The facility learns it with the order.")))
            return
        yield self.pair(say("File"), f"{part['file_name']} ({self.says(say('Revision {n}', n=part['revision']))})")
        yield self.pair(say("SHA-256 of the file"), part["sha256"])

    def pair(self, label: Phrase, text: str) -> Pair:
        return self.says(label), text

    def option_facts(self, option: Json) -> Iterator[Pair]:
        days = say("{days} working days", days=option["service_class"]["lead_days"])
        yield self.pair(say("Machine"), option["machine"]["name"])
        yield self.pair(say("Resin"), self.name(option["resin"]))
        yield self.pair(say("Layer"), f"{option['layer_um']:g} µm")
        yield self.pair(say("Quantity"), f"{option['quantity']:,}")
        yield self.pair(say("Inspection"), self.says(INSPECTION_NAMES[option["inspection"]]))
        yield self.pair(say("Tolerance"), f"±{option['tolerance_um']} µm")
        yield self.pair(say("Service class"), f"{self.name(option['service_class'])} ({self.says(days)})")
        if option["verdict"] == "fails":
            yield self.pair(say("Check"), self.says(say("By the check something will fail.")))

    # --- sections -------------------------------------------------------------------------------------------------

    def sections(self) -> Iterator[Json]:
        document = self.document
        options = document.get("options") or [document["option"]]
        if len(options) > 1:
            yield self.compared(options)
        if document["kind"] in {"invoice", "credit_note"}:
            yield self.billed()
            if self.is_paid_at_a_bank():
                yield self.section(say("Where to pay"), facts=self.payment())
            yield self.section(say("What was ordered"), facts=self.option_facts(options[0]))
            return
        for option in options:
            several = say("Option {number}", number=option["number"] + 1)
            yield self.priced(option, several if len(options) > 1 else say("What it costs, line by line"))

    def is_paid_at_a_bank(self) -> bool:
        """Whether it asks for something, and says where."""
        voided = self.document["standing"]["state"] == "voided"
        return not voided and bool((self.document.get("payment") or {}).get("bank_account"))

    def payment(self) -> Iterator[Pair]:
        """What whoever pays copies into a form of their bank."""
        payment, provider = self.document["payment"], self.document["provider"]
        payee = self.both(provider, "legal_name") if has_legal_name(provider) else self.both(provider)
        yield self.pair(say("Payee"), payee[0])
        yield self.pair(say("Bank"), payment["bank_name"])
        yield self.pair(say("Account number"), payment["bank_account"])
        yield self.pair(
            say("Reference of the payment"), self.says(say("Invoice {number}", number=payment["reference"]))
        )
        yield self.pair(say("Amount"), self.amount(self.document["total_fen"]))
        if self.due_on():
            yield self.pair(say("To be paid by"), self.due_on())

    def section(self, title: Phrase, *, facts: Any = (), head: Any = (), rows: Any = (), sums: Any = ()) -> Json:
        return {
            "title": self.says(title), "facts": list(facts), "head": [self.says(each) for each in head],
            "rows": list(rows), "sums": list(sums),
        }  # fmt: skip

    def compared(self, options: list[Json]) -> Json:
        """Side by side."""
        head = (say("Ways of making it"), say("Layer"), say("Quantity"), say("Working days"), say("Total"))
        rows = [
            [
                f"{self.says(say('Option {number}', number=option['number'] + 1))}: {option['machine']['name']}, "
                f"{self.name(option['resin'])}, {self.name(option['service_class'])}",
                f"{option['layer_um']:g} µm", f"{option['quantity']:,}", str(option["service_class"]["lead_days"]),
                yuan(option["total_fen"]),
            ]
            for option in options
        ]  # fmt: skip
        return self.section(say("Side by side"), head=head, rows=rows)

    def priced(self, option: Json, title: Phrase) -> Json:
        """Line by line."""
        head = (say("For"), say("Quantity"), say("Unit price"), say("Tax"), say("Before tax"))
        rows = [self.line(line) for line in option["lines"]]
        return self.section(title, facts=self.option_facts(option), head=head, rows=rows, sums=self.sums(option))

    def line(self, line: Json) -> list[str]:
        reason = line["reason"][self.language]
        if "changed" in line:
            was, why = yuan(line["changed"]["amount_fen"]), line["changed"]["why"]
            reason += "\n" + self.says(say("Changed from {amount}: {why}", amount=was, why=why))
        many = _QUANTITIES.get(line["unit"])
        count, price = (many.format(line["quantity_milli"] / 1000), yuan(line["unit_price_fen"])) if many else ("", "")
        return [reason, count, price, percent(line["tax_per_mille"]), yuan(line["amount_fen"])]

    def billed(self) -> Json:
        """By rate of tax: an invoice may ask for a part of an order."""
        head = (say("For"), say("Tax"), say("Before tax"), say("Tax amount"), say("With tax"))
        order = self.document["references"]["order"]
        rows = [
            [
                self.says(say("Order {number}, what is taxed at {rate}", number=order, rate=percent(one["tax_per_mille"]))),
                percent(one["tax_per_mille"]), self.amount(one["net_fen"]), self.amount(one["tax_fen"]),
                self.amount(one["net_fen"] + one["tax_fen"]),
            ]
            for one in self.document["rates"]
        ]  # fmt: skip
        title = say("What is taken back") if self.is_credit else say("What is billed")
        return self.section(title, head=head, rows=rows, sums=self.sums(self.document))

    def sums(self, priced: Json) -> Iterator[Pair]:
        """Before tax, the tax of each rate, all of it."""
        yield self.pair(say("Before tax"), self.amount(priced["net_fen"]))
        for one in priced["rates"]:
            rate, net = percent(one["tax_per_mille"]), self.amount(one["net_fen"])
            yield self.pair(say("Tax {rate} of {amount}", rate=rate, amount=net), self.amount(one["tax_fen"]))
        yield self.pair(say("Total"), self.amount(priced["total_fen"]))


def has_legal_name(called: Json) -> bool:
    """Whether it said by which name it is registered."""
    return bool(called.get("legal_name") or called.get("legal_name_zh"))
