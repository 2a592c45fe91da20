"""How an operation is called: from a shell, and from Python, by the client where it has a word for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pprint import pformat
from typing import Any, Final
from urllib.parse import urlencode

from mingyue.web.site.reference.values import body_of, example_id, value_of

Json = Mapping[str, Any]

# operation → what mingyue.client says for it. A test holds each against the client.
BY_CLIENT: Final[Mapping[str, str]] = {
    "me": "platform.me()",
    "list_facilities": "for facility in platform.facilities():\n    print(facility.slug, facility.name)",
    "list_machines": 'machines = platform.machines("two-micrometre-printing")',
    "list_service_classes": 'classes = platform.service_classes("two-micrometre-printing")',
    "list_tariffs": 'tariffs = platform.tariffs("two-micrometre-printing")',
    "add_part": 'part = platform.upload("holder.stl", units="mm", confidentiality="internal")',
    "list_parts": "for part in platform.parts():\n    print(part.id, part.name)",
    "show_part": "part = platform.wait_for_checks(part, timeout_s=120)",
    "ask_check": "check = platform.ask_check(part.newest.id, machine=machine.id, resin=resin_id, layer_um=5.0)",
    "list_findings": "for found in platform.findings(check):\n    print(found.severity, found.message, found.remedy)",
    "ask_quote": 'quote = platform.ask_quote(part, quantity=[1, 20], inspection=["visual", "full"])',
    "list_quotes": 'for quote in platform.quotes(state="offered"):\n    print(quote.number, quote.totals_fen)',
    "show_quote": 'quote = platform.quote("Q-7F3K-2M9P")',
    "say_message": 'platform.say("Q-7F3K-2M9P", "May the bottom face carry support marks?")',
    "ask_review": 'platform.ask_review("Q-7F3K-2M9P", "The bottom face is glued.")',
    "approve_quote": 'quote = platform.approve("Q-7F3K-2M9P", 0, "NSFC-52375001")',
    "withdraw_approval": 'quote = platform.withdraw_approval("Q-7F3K-2M9P")',
    "accept_quote": 'order = platform.accept("Q-7F3K-2M9P", 0)',
    "withdraw_quote": 'quote = platform.withdraw("Q-7F3K-2M9P", "It is made in house now.")',
    "ask_again": 'quote = platform.again("Q-7F3K-2M9P", withdraw=True)',
    "release_quote": 'quote = platform.release("Q-7F3K-2M9P")',
    "replace_quote": 'change = Change(option=0, line=0, amount_fen=128_000, why="Agreed by telephone.")\n'
    'quote = platform.replace("Q-7F3K-2M9P", [change])',
    "decline_quote": 'quote = platform.decline("Q-7F3K-2M9P", "Too tall for our machines.")',
    "quote_pdf": 'content = platform.quote_document("Q-7F3K-2M9P", language="zh")',
    "quote_document": 'content = platform.quote_document("Q-7F3K-2M9P", form="json")',
    "show_order": 'order = platform.order("O-7F3K-2M9P")',
    "list_orders": 'for order in platform.orders(state="making"):\n    print(order.number, order.total_fen)',
    "advance_order": 'order = platform.advance("O-7F3K-2M9P", "scheduled")',
    "cancel_order": 'order = platform.cancel("O-7F3K-2M9P")',
    "order_pdf": 'content = platform.order_document("O-7F3K-2M9P", language="zh")',
    "order_document": 'content = platform.order_document("O-7F3K-2M9P", form="json")',
    "list_projects": "for project in platform.projects():\n    print(project.number, project.remaining_fen)",
    "open_project": 'project = platform.open_project("NSFC-52375001", name="Micro-optics", budget_fen=5_000_000)',
    "change_budget": "project = platform.change_budget(project, 6_000_000)",
    "close_project": 'project = platform.close_project("NSFC-52375001")',
    "list_invoices": 'for invoice in platform.invoices("O-7F3K-2M9P"):\n    print(invoice.number, invoice.total_fen)',
    "show_invoice": "invoice = platform.invoice(invoice.id)",
    "invoice_pdf": 'content = platform.invoice_document(invoice, language="zh")',
    "invoice_document": 'content = platform.invoice_document(invoice, form="json")',
    "bill_order": 'invoice = platform.bill("O-7F3K-2M9P", 128_000)',
    "note_payment": 'entry = platform.note_payment("O-7F3K-2M9P", 128_000, reference="BANK-2026-11-25-0042")',
    "note_refund": 'entry = platform.note_refund("O-7F3K-2M9P", 28_000, reference="BANK-2026-11-26-0007")',
    "void_invoice": 'invoice = platform.void(invoice, why="It was written twice.")',
    "credit_invoice": 'note = platform.credit(invoice, 28_000, why="One of twenty was scratched.")',
    "write_off": 'entry = platform.write_off("O-7F3K-2M9P", 100, why="A rest that nobody pays.")',
    "list_entries": 'for entry in platform.ledger("O-7F3K-2M9P"):\n    print(entry.at, entry.kind, entry.postings)',
    "export_ledger": "table = platform.ledger_csv()",
    "list_events": 'for event in platform.events(after=0, kind="order.*", follow=True):\n'
    "    print(event.number, event.type, event.facts)",
}
_PAGED: Final = {"cursor", "limit"}


@dataclass(frozen=True, slots=True)
class Call:
    """What is called. told: the operation as described; body: its shape, empty where there is none."""

    name: str
    method: str
    path: str
    told: Json
    body: str
    schemas: Json
    session_only: bool

    @property
    def address(self) -> str:
        """The path with values for its names, and what must be asked for behind it."""
        values = {one["name"]: self._value(one) for one in self.told["parameters"] if one["in"] == "path"}
        needed = {
            one["name"]: self._value(one)
            for one in self.told["parameters"]
            if one["in"] == "query" and one["required"] and one["name"] not in _PAGED
        }
        query = f"?{urlencode(needed)}" if needed else ""
        return self.path.format(**values) + query

    @property
    def sent(self) -> dict[str, Any] | None:
        """The body; None where there is none."""
        return body_of(self.body, self.schemas) if self.body else None

    @property
    def based(self) -> bool:
        """Whether a change says on which state it is based."""
        return any(one["name"] == "If-Match" for one in self.told["parameters"])

    @property
    def media(self) -> str:
        """What comes back; empty where it has no body."""
        return next(iter(next(iter(self.told["responses"].values())).get("content", {})), "")

    def _value(self, parameter: Json) -> Any:
        name = parameter["name"]
        if name.endswith("_id"):
            return example_id(name.removesuffix("_id"))
        if name == "slug" and "/organisations/" in self.path:
            return "lake-institute"
        return value_of(name, parameter["schema"], self.schemas)


def curl(call: Call) -> str:
    """From a shell. MINGYUE is the platform's address, KEY a key; a session has its two cookies."""
    lines = [f'curl{"" if call.method == "GET" else f" -X {call.method}"} "$MINGYUE{call.address}"']
    if call.session_only:
        lines += ['-b "sessionid=$SESSION; csrftoken=$TOKEN"', '-H "X-CSRFToken: $TOKEN"', '-H "Referer: $MINGYUE/"']
        lines = lines[:2] if call.method == "GET" else lines
    else:
        lines.append('-H "Authorization: Bearer $KEY"')
    if call.method == "POST":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if call.based:
        lines.append("-H 'If-Match: \"3\"'")
    if call.sent is not None:
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d '{_in_quotes(json.dumps(call.sent, ensure_ascii=False))}'")
    if call.media and "json" not in call.media:
        lines.append(f"-o {call.path.rpartition('/')[2].replace('{field}', '0')}")
    return " \\\n  ".join(lines)


def python(call: Call) -> str:
    """From Python: by the client, or by httpx, with which `api` was opened."""
    if call.name in BY_CLIENT:
        return BY_CLIENT[call.name]
    said = [f'"{call.address}"']
    if call.sent is not None:
        said.append(f"json={pformat(call.sent, width=84, sort_dicts=False)}")
    if call.method == "POST":
        said.append('headers={"Idempotency-Key": str(uuid4())}')
    if call.based:
        said.append('headers={"If-Match": \'"3"\'}')
    whole = ", ".join(said)
    if len(whole) > 84 and len(said) > 1:
        inner = "\n".join(f"    {line}" for one in said for line in f"{one},".splitlines())
        whole = f"\n{inner}\n"
    return f"answer = api.{call.method.lower()}({whole})"


def _in_quotes(text: str) -> str:
    """As a shell reads it between single quotes."""
    return text.replace("'", "'\\''")
