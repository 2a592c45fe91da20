"""The ledger as CSV for a finance office: one line a posting, amounts in yuan and fen with a point, debits above zero."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import get_language, override

from mingyue.web.orders.models import Entry, Invoice
from mingyue.web.people.middleware import looking_as
from mingyue.web.people.viewers import Viewer

COLUMNS = (
    "time", "order", "reference", "entry", "kind", "invoice", "account", "debit", "credit", "currency", "customer",
    "bank_reference", "note", "about", "kind_said", "account_said",
)  # fmt: skip


_A_PIECE = 500
# So a formula begins; the wide ones are taken for the others where people write Chinese.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Lines:
    """A file that hands every line on as it is written."""

    def write(self, line: str) -> str:
        return line


def ledger_csv(viewer: Viewer, entries: QuerySet[Entry], *, at_once: int = _A_PIECE) -> Iterator[str]:
    """Line by line in the facility's time, some hundred entries a piece, for a ledger that is larger than memory; the
    first opens in a spreadsheet as UTF-8.

    entries: of `queries.entries_of`. Names are written by others: what a spreadsheet would take for a formula is not one.
    Each piece is read when it is asked for, which is after the request, perhaps by another thread: the walls are told anew,
    and the language is the one of now.
    """
    return _pieces(viewer, entries, language=get_language() or "en", at_once=at_once)


def _pieces(viewer: Viewer, entries: QuerySet[Entry], *, language: str, at_once: int) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)
    rows = entries.select_related("order__quote__facility", "customer", "invoice__about", "voids")
    rows = rows.defer("order__quote__content")
    last: Entry | None = None
    while True:
        with looking_as(viewer):
            found = list(_after(rows, last)[:at_once])
        if not found:
            return
        with override(language):
            piece = "".join(line for entry in found for line in _lines_of(entry))
        yield piece
        last = found[-1]


def _after(entries: QuerySet[Entry], last: Entry | None) -> QuerySet[Entry]:
    if last is None:
        return entries
    later = Q(at=last.at, order__gt=last.order_id) | Q(at=last.at, order=last.order_id, number__gt=last.number)
    return entries.filter(Q(at__gt=last.at) | later)


def _lines_of(entry: Entry) -> Iterator[str]:
    zone = ZoneInfo(entry.order.quote.facility.zone)
    for posting in entry.postings.all():
        yield _line((
            entry.at.astimezone(zone).isoformat(timespec="seconds"),
            entry.order.number,
            harmless(entry.order.reference),
            entry.number,
            entry.kind,
            _document(entry.document),
            posting.account.kind,
            yuan(max(posting.amount_fen, 0)),
            yuan(max(-posting.amount_fen, 0)),
            posting.account.currency,
            harmless(entry.customer.name),
            harmless(entry.reference),
            harmless(entry.note),
            _document(entry.about),
            entry.get_kind_display(),
            posting.account.get_kind_display(),
        ))  # fmt: skip


def _document(invoice: Invoice | None) -> str:
    return "" if invoice is None else f"{invoice.kind} {invoice.number}"


def _line(values: Iterable[object]) -> str:
    line: str = csv.writer(_Lines(), lineterminator="\r\n").writerow(values)
    return line


def yuan(amount_fen: int) -> str:
    """Whole fen as yuan, without a detour over binary fractions."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}" if amount_fen else ""


def harmless(text: str) -> str:
    """With a quotation mark before what a spreadsheet would calculate."""
    return f"'{text}" if text.startswith(_FORMULAS) else text
