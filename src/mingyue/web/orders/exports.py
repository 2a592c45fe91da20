"""The ledger as CSV for a finance office: one line a posting, amounts in yuan and fen with a point, debits above zero."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import tzinfo

from mingyue.web.orders.models import Entry

COLUMNS = (
    "time", "order", "reference", "entry", "kind", "invoice", "account", "debit", "credit", "currency", "customer",
    "bank_reference", "note",
)  # fmt: skip


class _Lines:
    """A file that hands every line on as it is written."""

    def write(self, line: str) -> str:
        return line


def ledger_csv(entries: Iterable[Entry], *, zone: tzinfo) -> Iterator[str]:
    """Line by line, in the facility's time; the first opens in a spreadsheet as UTF-8.

    entries: of `queries.entries_of`. Names are written by others: what a spreadsheet would take for a formula is not one.
    """
    writer = csv.writer(_Lines(), lineterminator="\r\n")
    yield "\ufeff" + writer.writerow(COLUMNS)
    for entry in entries:
        invoice = getattr(entry, "invoice", None)
        for posting in entry.postings.all():
            yield writer.writerow([
                entry.at.astimezone(zone).isoformat(timespec="seconds"),
                entry.order.number,
                harmless(entry.order.reference),
                entry.number,
                entry.kind,
                "" if invoice is None else f"{invoice.kind} {invoice.number}",
                posting.account.kind,
                yuan(max(posting.amount_fen, 0)),
                yuan(max(-posting.amount_fen, 0)),
                posting.account.currency,
                harmless(entry.customer.name),
                harmless(entry.reference),
                harmless(entry.note),
            ])  # fmt: skip


def yuan(amount_fen: int) -> str:
    """Whole fen as yuan, without a detour over binary fractions."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}" if amount_fen else ""


def harmless(text: str) -> str:
    """With a quotation mark before what a spreadsheet would calculate."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
