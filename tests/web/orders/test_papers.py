"""Documents of a deal: what they say adds up, is the same whoever prints it, and is said to both sides and nobody else."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingyue.errors import LimitError
from mingyue.phrases import Language
from mingyue.web.facilities.models import Facility
from mingyue.web.orders import services
from mingyue.web.orders.contents import Change
from mingyue.web.orders.papers import press, queries
from mingyue.web.orders.papers.press import pdf_of
from mingyue.web.orders.papers.sheets import sheet_of
from mingyue.web.orders.templatetags.promised import yuan
from mingyue.web.parts.models import Part
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.conftest import Deal, checked
from tests.web.orders.papers import fonts_of, found_one, pages_of, text_of

FONTS = {"MingyueNotoSansSC", "MingyueNotoSans"}
FOLDER = Path(press.__file__).parent
LANGUAGES: tuple[Language, Language] = ("en", "zh")
KINDS = ("quote", "order_confirmation", "invoice", "credit_note")
TITLES = {
    "quote": ("Quote", "报价单"),
    "order_confirmation": ("Order confirmation", "订单确认书"),
    "invoice": ("Commercial invoice", "商业发票"),
    "credit_note": ("Credit note", "贷项通知单"),
}


def papers(deal: Deal) -> dict[str, dict[str, Any]]:
    """One document of each kind, as the facility's manager reads it; half of the order is billed."""
    order = deal.ordered(quantity=20, inspection="dimensional")
    manager = deal.be(deal.cast.manager)
    bill = services.bill_order(actor=manager, order_id=order.pk, amount_fen=order.total_fen // 2, note="half", at=NOW)
    note = services.credit_invoice(actor=manager, invoice_id=bill.pk, amount_fen=99_99, why="late", at=NOW)
    found = (
        queries.quote_document(manager, order.quote_id), queries.order_document(manager, order.pk),
        queries.invoice_document(manager, bill.pk), queries.invoice_document(manager, note.pk),
    )  # fmt: skip
    return {document["kind"]: document for document in found if document}


@pytest.fixture
def quote(deal: Deal) -> dict[str, Any]:
    """An offer as its customer reads it."""
    found = deal.quote()
    return found_one(queries.quote_document(deal.be(deal.cast.owner), found.pk))


# --- what they say ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_document_says_who_what_and_how_much(deal: Deal, language: Language) -> None:
    made = papers(deal)
    assert set(made) == set(KINDS)

    for kind, document in made.items():
        said = text_of(pdf_of(document, language))

        number = document["number"]
        told = [str(number) if isinstance(number, str) else {"en": f"No. {number}", "zh": f"第 {number} 号"}[language]]
        told += [TITLES[kind][language == "zh"], "Micro Works", "微纳工坊", "Lake Institute", "明月湖研究院", "nozzle"]
        told += [document["part"]["sha256"], "2026-11-25 16:00 (Asia/Shanghai)"]
        told += [] if kind == "quote" else [document["references"]["quote"], "NSFC-52375001"]
        assert [words for words in told if words not in said] == [], kind
        assert ("fapiao" in said) == (language == "en" and kind in {"invoice", "credit_note"})
        assert ("增值税发票" in said) == (kind in {"invoice", "credit_note"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_amount_is_printed_and_adds_up(deal: Deal, language: Language) -> None:
    for kind, document in papers(deal).items():
        said = text_of(pdf_of(document, language))
        sign = -1 if kind == "credit_note" else 1
        option = document["options"][0] if kind == "quote" else document["option"]
        priced = document if kind in {"invoice", "credit_note"} else option

        amounts = [priced["net_fen"], priced["total_fen"], *(one["tax_fen"] for one in priced["rates"])]
        assert [each for each in amounts if yuan(sign * each) not in said] == []
        assert sum(one["net_fen"] for one in priced["rates"]) == priced["net_fen"]
        assert sum(one["tax_fen"] for one in priced["rates"]) == priced["tax_fen"]
        assert priced["net_fen"] + priced["tax_fen"] == priced["total_fen"]
        assert sum(line["amount_fen"] for line in option["lines"]) == option["net_fen"]
        if priced is option:
            for line in option["lines"]:
                assert f"{line['reason'][language]} " in said
                assert yuan(line["amount_fen"]) in said


def test_half_an_order_is_billed_and_a_part_of_that_taken_back(deal: Deal) -> None:
    made = papers(deal)
    bill, note = made["invoice"], made["credit_note"]

    assert bill["total_fen"] == bill["order"]["total_fen"] // 2
    assert (bill["note"], note["note"], note["total_fen"], note["references"]["invoice"]) == ("half", "late", 99_99, 1)
    assert "−¥99.99" in text_of(pdf_of(note, "en"))
    assert "−" not in " ".join(row[-1] for section in sheet_of(bill, "en")["sections"] for row in section["rows"])


def test_names_in_a_reason_are_said_in_the_language_of_the_document(deal: Deal) -> None:
    found = deal.quote(service_class_id=deal.shop.express.pk)
    document = found_one(queries.quote_document(deal.be(deal.cast.owner), found.pk))

    assert "加急：+50.0 %（税率 6 % 部分）" in text_of(pdf_of(document, "zh"))
    assert "Express: +50.0 % of what is taxed at 6 %" in text_of(pdf_of(document, "en"))


def test_a_line_that_a_person_changed_says_so(deal: Deal) -> None:
    before = deal.quote()
    manager = deal.be(deal.cast.manager)
    changes = [Change(0, 0, 100_00, "you come often")]
    after = services.replace_quote(actor=manager, quote_id=before.pk, changes=changes, at=NOW)

    new, old = (found_one(queries.quote_document(manager, each.pk)) for each in (after, before))
    assert "Setting up, once Changed from ¥200.00: you come often" in text_of(pdf_of(new, "en"))
    assert sheet_of(new, "en")["marks"] == []
    assert sheet_of(old, "en")["marks"] == ["Another quote took the place of this one."]
    assert "Replaced" in text_of(pdf_of(old, "en"))


def test_options_stand_side_by_side_and_each_by_itself(deal: Deal) -> None:
    others = [_finer(deal, layer_um) for layer_um in (2.0, 10.0)]
    found = services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(*others), at=NOW)
    document = found_one(queries.quote_document(deal.be(deal.cast.owner), found.pk))

    said = text_of(pdf_of(document, "en"))
    assert len(document["options"]) == 3
    assert [len(re.findall(f"Option {number}\\b", said)) for number in (1, 2, 3, 4)] == [2, 2, 2, 0]
    assert "2 µm" in said
    assert sheet_of(document, "en")["sections"][0]["title"] == "Side by side"


def _finer(deal: Deal, layer_um: float) -> Any:
    deal.be(deal.cast.owner)
    return checked(
        deal.shop, deal.cast.owner, deal.cast.institute, revision=deal.check.revision, layer_um=layer_um
    )  # fmt: skip


def test_what_is_made_up_is_said_on_every_page(deal: Deal) -> None:
    found = deal.quote()
    with seen_by(organisation_id=deal.cast.facility_operator.pk):
        Facility.objects.filter(pk=deal.shop.facility.pk).update(demonstration=True)
    document = found_one(queries.quote_document(deal.be(deal.cast.owner), found.pk))
    document["options"] = [document["options"][0] | {"number": place} for place in range(12)]

    for language, words in (("en", "No tax document."), ("zh", "不是税务凭证")):
        pages = pages_of(pdf_of(document, language))  # type: ignore[arg-type]
        assert len(pages) > 3
        assert [page for page in pages if words not in page] == []


# --- what became of it --------------------------------------------------------------------------------------------


def test_a_voided_invoice_says_so_and_a_cancelled_order_what_is_due(deal: Deal) -> None:
    order = deal.ordered()
    manager = deal.be(deal.cast.manager)
    bill = services.bill_order(actor=manager, order_id=order.pk, at=NOW)
    before = pdf_of(found_one(queries.invoice_document(manager, bill.pk)), "en")
    services.void_invoice(actor=manager, invoice_id=bill.pk, why="twice", at=NOW)
    services.advance_order(actor=manager, order_id=order.pk, state="scheduled", at=NOW)
    owner = deal.be(deal.cast.owner)
    services.cancel_order(actor=owner, order_id=order.pk, at=NOW)

    document = found_one(queries.invoice_document(owner, bill.pk))
    assert document["standing"] == {"state": "voided", "since": "2026-11-25T16:00:00+08:00", "why": "twice"}
    assert "voided" not in text_of(before)
    assert "This invoice was voided on 2026-11-25" in text_of(pdf_of(document, "en"))
    assert "Why it was voided twice" in text_of(pdf_of(document, "en"))
    assert "作废原因 twice" in text_of(pdf_of(document, "zh"))
    assert "已作废" in text_of(pdf_of(document, "zh"))
    cancelled = found_one(queries.order_document(owner, order.pk))
    due = cancelled["standing"]["due_fen"]
    assert due == 63_69  # a tenth of it
    assert "This order was cancelled on 2026-11-25. Due: ¥63.69." in text_of(pdf_of(cancelled, "en"))


def test_a_quote_that_a_person_still_looks_at_is_no_offer(deal: Deal) -> None:
    found = deal.quote(quantity=501)
    document = found_one(queries.quote_document(deal.be(deal.cast.owner), found.pk))

    assert document["valid_until"] is None
    assert "No offer yet" in text_of(pdf_of(document, "en"))


# --- the same bytes -----------------------------------------------------------------------------------------------

_AGAIN = """
import hashlib, json, sys
import django
django.setup()
from mingyue.web.orders.papers.press import pdf_of
document = json.load(sys.stdin)
print(*(hashlib.sha256(pdf_of(document, language)).hexdigest() for language in ("en", "zh")))
"""


def test_another_process_prints_the_same_bytes(quote: dict[str, Any]) -> None:
    printed = [hashlib.sha256(pdf_of(quote, language)).hexdigest() for language in LANGUAGES]

    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "mingyue.web.site.settings"}
    again = subprocess.run(
        [sys.executable, "-c", _AGAIN], input=json.dumps(quote), env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert again.stdout.split() == printed
    assert printed[0] != printed[1]


def test_a_quote_prints_the_same_when_what_it_was_made_of_changes(deal: Deal) -> None:
    found = deal.quote()
    owner = deal.be(deal.cast.owner)
    before = queries.quote_document(owner, found.pk)
    Part.objects.update(name="another")
    deal.be(deal.cast.manager)
    deal.shop.machine.name = "P2"
    deal.shop.machine.save()
    deal.shop.facility.name = "Other Works"
    deal.shop.facility.save()

    assert queries.quote_document(deal.be(deal.cast.owner), found.pk) == before


# --- what others wrote is text ------------------------------------------------------------------------------------

HOSTILE = [
    '#panic("x")', "]", "[#read(\"/etc/passwd\")]", "$ x^2 $", "\\", "*b* _i_", "<label> @ref", "// gone", "/* gone",
    "`raw`", "= heading", "#import \"@preview/x:0.1.0\"", "{{ x }}", "\"", "\u202e", "a\nb",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_never_a_command_to_the_typesetter(quote: dict[str, Any], name: str) -> None:
    said = text_of(pdf_of(quote | {"part": quote["part"] | {"name": f"<{name}>", "file_name": name}}, "en"))

    visible = " ".join(name.replace("\u202e", "").split())
    assert re.sub(r"\s", "", f"<{visible}>") in re.sub(r"\s", "", said)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), st.sampled_from(LANGUAGES))
def test_whatever_a_name_is_it_prints(name: str, language: Language) -> None:
    assert pdf_of(PLAIN | {"part": PLAIN["part"] | {"name": name}, "note": name}, language).startswith(b"%PDF-1.")


PLAIN: dict[str, Any] = {
    "kind": "invoice", "number": 1, "at": "2026-11-25T16:00:00+08:00", "zone": "Asia/Shanghai", "demonstration": False,
    "standing": {"state": "issued", "since": None}, "withheld": False, "currency": "CNY",
    **{side: {"name": "n", "name_zh": ""} for side in ("customer", "provider", "facility")},
    "part": {"name": "n", "file_name": "n.stl", "revision": 1, "sha256": "0" * 64},
    "references": {"quote": "Q", "order": "O", "project": "P"}, "order": {"total_fen": 1},
    "option": {
        "machine": {"name": "m"}, "resin": {"name": "r", "name_zh": ""}, "layer_um": 5.0, "quantity": 1,
        "inspection": "visual", "tolerance_um": 25, "verdict": "fine",
        "service_class": {"name": "s", "name_zh": "", "lead_days": 5},
    },
    "rates": [], "net_fen": 0, "tax_fen": 0, "total_fen": 0,
}  # fmt: skip


def test_a_long_word_breaks_instead_of_leaving_the_page(quote: dict[str, Any]) -> None:
    long = pdf_of(quote | {"part": quote["part"] | {"name": "W" * 120, "file_name": "W" * 200}}, "en")

    assert text_of(long).count("W") - text_of(pdf_of(quote, "en")).count("W") == 320
    assert max(len(run) for page in pages_of(long) for run in re.findall("W+", page.replace("\u200b", ""))) < 70


def test_what_no_rule_of_ours_makes_is_not_printed(quote: dict[str, Any]) -> None:
    with pytest.raises(LimitError):
        pdf_of(quote | {"note": "x" * 1_000_000}, "en")


# --- the font -----------------------------------------------------------------------------------------------------


def test_rare_names_are_printed_with_the_font_that_is_shipped() -> None:
    names = "喆堃珺〇㛃䶮 Ångström Škoda Łódź İzmir Việt Київ Ø ± × − € ¥ № µ ℃"
    taken_apart = unicodedata.normalize("NFD", names.replace("℃", ""))
    made = pdf_of(PLAIN | {"part": PLAIN["part"] | {"name": names, "file_name": taken_apart}}, "zh")

    assert text_of(made).replace(" ", "").count(names.removesuffix(" ℃").replace(" ", "")) == 2
    assert {name.partition("-")[0] for name in fonts_of(made)} == FONTS


def test_the_fonts_are_the_recorded_ones_and_their_licences_lie_beside_them() -> None:
    folder = FOLDER / "fonts"
    fonts = tomllib.loads((folder / "FONTS.toml").read_text(encoding="utf-8"))["font"]

    for told in fonts:
        font = folder / told["to"]
        assert hashlib.sha256(font.read_bytes()).hexdigest() == told["sha256"]
        assert "SIL OPEN FONT LICENSE Version 1.1" in font.with_suffix(".LICENSE").read_text(encoding="utf-8")
    assert len(list(folder.iterdir())) == 1 + 2 * len(fonts)
    assert sum(path.stat().st_size for path in folder.iterdir()) < 8_000_000
