"""The page of a facility's prices: what counts, what will, what a draft would do to quotes of the past."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given

from mingyue.web.facilities.models import Facility
from mingyue.web.orders import services
from mingyue.web.orders.contents import needs_of
from mingyue.web.orders.models import Tariff
from mingyue.web.orders.pages.tariff_form import AMOUNTS, GROUPS, LIMITS, LISTED, TariffForm
from mingyue.web.orders.pages.tariff_versions import differences, versions
from mingyue.web.orders.pricing.numbers import FIELDS, Numbers
from mingyue.web.orders.pricing.prices import line_as_json
from mingyue.web.orders.pricing.repricing import Asked, preview_of
from mingyue.web.orders.templatetags.promised import change, more
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.browsing import Browse, shown
from tests.web.orders.conftest import PLAIN, Deal, Everything
from tests.web.orders.test_prices import counts, kinds, needs, priced, tariffs

pytestmark = pytest.mark.usefixtures("today")
PAGE = "/facilities/works/tariff/"


def typed(deal: Deal, **others: str) -> dict[str, Any]:
    """The form as it is shown, sent back."""
    form = TariffForm(facility=deal.shop.facility, numbers=deal.tariff.numbers, version=0)
    told = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in told.items()} | others


def test_every_number_of_a_tariff_has_its_place_in_the_form() -> None:
    assert sorted([*AMOUNTS, *LIMITS, *LISTED, *GROUPS]) == sorted(FIELDS)


def test_what_is_shown_and_sent_back_is_the_same_tariff(deal: Deal, browse: Browse) -> None:
    deal.be(deal.cast.manager)
    sent = typed(deal)

    answer = browse(deal.cast.manager).post("/facilities/works/tariff/", sent)

    deal.be(deal.cast.manager)
    draft = Tariff.objects.get(number=2)
    assert (answer.status_code, draft.state, draft.numbers) == (302, "draft", deal.tariff.numbers)


def test_a_manager_changes_and_publishes_a_draft(deal: Deal, browse: Browse) -> None:
    deal.be(deal.cast.manager)
    first, second = typed(deal), typed(deal, setup_fen="250.50", version="1")
    manager = browse(deal.cast.manager)
    manager.post("/facilities/works/tariff/", first)
    assert manager.post("/facilities/works/tariff/", second).status_code == 302
    stale = manager.post("/facilities/works/tariff/", second)
    assert (stale.status_code, "Somebody changed this meanwhile." in shown(stale)) == (400, True)
    assert "¥250.50" not in shown(browse(deal.cast.stranger).get("/facilities/works/tariff/"))

    assert publish(browse, deal, version="2").status_code == 302

    assert "¥250.50" in shown(browse(deal.cast.stranger).get("/facilities/works/tariff/"))


def test_what_is_wrong_with_a_number_is_said(deal: Deal, browse: Browse) -> None:
    deal.be(deal.cast.manager)
    lines, falling = typed(deal, tolerance_per_mille="wide"), typed(deal, rebate_per_mille="10 20\n100 10")
    manager = browse(deal.cast.manager)

    assert "Each line takes two numbers" in shown(manager.post("/facilities/works/tariff/", lines))
    assert "A larger quantity has no smaller rebate." in shown(manager.post("/facilities/works/tariff/", falling))
    assert browse(deal.cast.operator).post("/facilities/works/tariff/", lines).status_code == 404


def test_the_prices_of_a_facility_stand_in_the_order_of_its_work(deal: Deal, browse: Browse) -> None:
    page = shown(browse(deal.cast.stranger).get("/facilities/works/tariff/"))

    words = ["by eye", "measured where it matters", "measured throughout", "Accepted", "Scheduled", "Being made"]
    places = [page.index(f"<dt>{word}</dt>") for word in words]
    assert places == sorted(places)
    assert "Save the draft" not in page


# --- what a draft would do ----------------------------------------------------------------------------------------


def effect(page: str) -> str:
    """The part of the page that says what a draft would do; nothing where it does not."""
    return page[page.index('id="effect"') : page.index('id="versions"')] if 'id="effect"' in page else ""


def test_what_is_typed_is_tried_on_past_quotes_before_anything_is_kept(
    deal: Deal, browse: Browse, everything: Everything
) -> None:
    one, three = deal.quote(), deal.quote(quantity=3)
    deal.be(deal.cast.manager)
    said = typed(deal, setup_fen="250", preview="1")
    before = everything()

    answer = browse(deal.cast.manager).post(PAGE, said)

    found = effect(shown(answer))
    assert answer.status_code == 200
    assert everything() == before
    assert "They are not saved yet." in found
    assert one.number in found
    assert three.number in found
    assert "Setting up, once" in found
    assert found.index("¥200.00") < found.index("¥250.00")
    assert found.count("+¥53.00") == 2  # fifty before tax, at 6 %
    assert "+¥106.00" in found  # together
    assert 'value="250' in shown(answer)


def test_a_preview_of_what_is_wrong_says_so_and_shows_no_effect(
    deal: Deal, browse: Browse, everything: Everything
) -> None:
    deal.quote()
    deal.be(deal.cast.manager)
    said = typed(deal, rebate_per_mille="10 20\n100 10", preview="1")
    before = everything()

    answer = browse(deal.cast.manager).post(PAGE, said)

    assert answer.status_code == 400
    assert "A larger quantity has no smaller rebate." in shown(answer)
    assert effect(shown(answer)) == ""
    assert everything() == before


def test_a_saved_draft_shows_its_effect_to_managers_only(deal: Deal, browse: Browse) -> None:
    quote = deal.quote()
    deal.be(deal.cast.manager)
    browse(deal.cast.manager).post(PAGE, typed(deal, setup_fen="150"))

    assert "−¥53.00" in effect(shown(browse(deal.cast.manager).get(PAGE)))
    for person in (deal.cast.operator, deal.cast.owner, deal.cast.stranger):
        page = shown(browse(person).get(PAGE))
        assert effect(page) == ""
        assert quote.number not in page
        assert browse(person).post(PAGE, {"preview": "1"}).status_code == 404


def test_a_replaced_quote_is_tried_as_it_was_asked_and_once(deal: Deal, browse: Browse) -> None:
    quote = deal.quote()
    cheaper = [services.Change(option=0, line=0, amount_fen=0, why="set up already")]
    services.replace_quote(actor=deal.be(deal.cast.manager), quote_id=quote.pk, changes=cheaper, at=NOW)
    deal.be(deal.cast.manager)

    page = effect(shown(browse(deal.cast.manager).post(PAGE, typed(deal, preview="1"))))

    assert page.count('<th scope="row" class="nowrap">') == 1
    assert quote.number in page
    assert "No number is another." in page


def test_what_a_tariff_no_longer_prices_is_said_and_not_summed(deal: Deal) -> None:
    content = deal.quote().content
    dear = replace(PLAIN, class_per_mille={str(deal.shop.standard.pk): 1000}, setup_fen=300_00)

    found = preview_of([Asked("Q-1", content), Asked("Q-2", content)], replace(dear, resin_ml_fen={"other": 1}))
    both = preview_of([Asked("Q-1", content), Asked("Q-2", content)], dear)

    assert [one.reasons for one in found.quotes] == [("The tariff has no price for this resin.",)] * 2
    assert (found.before_fen, found.after_fen, found.difference_fen) == (0, 0, 0)
    assert (both.before_fen, both.difference_fen) == (2 * 636_92, 2 * 106_00)
    assert both.quotes[0].percent == pytest.approx(100 * 106_00 / 636_92)


def test_a_quote_of_before_that_does_not_say_what_a_part_takes_is_left_out(deal: Deal) -> None:
    content = deal.quote().content
    option = {name: value for name, value in content["options"][0].items() if name != "needs"}

    assert preview_of([Asked("Q-1", content | {"options": [option]})], PLAIN).quotes == ()


@given(tariffs(), needs(), counts, kinds)
def test_the_same_tariff_prices_a_past_quote_as_it_was(numbers: Numbers, what: Any, count: int, kind: str) -> None:
    found = priced(numbers, what, quantity=count, kind=kind)
    content = as_content(what, found, count=count, kind=kind)

    preview = preview_of([Asked("Q-1", content)], numbers)

    assert [(one.before_fen, one.after_fen) for one in preview.quotes] == [(found.total_fen, found.total_fen)]
    assert preview.difference_fen == 0


def as_content(what: Any, found: Any, *, count: int, kind: str) -> dict[str, Any]:
    """What a quote would keep of this price."""
    service = {"id": "standard", "name": "Standard", "name_zh": "标准"}
    option = {
        "machine": {"profile": what.machine}, "resin": {"profile": what.resin}, "quantity": count,
        "inspection": "visual", "tolerance_um": 25, "service_class": service,
        "needs": {name: list(getattr(what, name)) for name in ("printing_s", "handling_s", "resin_mm3")},
        "lines": [line_as_json(line) for line in found.lines], "total_fen": found.total_fen,
    }  # fmt: skip
    return {"customer": {"kind": kind}, "options": [option]}


def test_what_a_quote_keeps_is_what_it_was_priced_by(deal: Deal) -> None:
    kept = deal.quote().content["options"][0]["needs"]
    taken = needs_of(deal.check)

    assert kept == {name: list(getattr(taken, name)) for name in ("printing_s", "handling_s", "resin_mm3")}


@pytest.mark.parametrize(("fen", "text"), [(0, "¥0.00"), (5, "+¥0.05"), (-5, "−¥0.05"), (None, "")])
def test_a_difference_has_its_sign(fen: int | None, text: str) -> None:
    assert more(fen) == text


def test_a_change_is_percent_with_its_sign() -> None:
    assert [change(percent) for percent in (12.34, -5.0, 0.0)] == ["+12.3 %", "-5.0 %", "+0.0 %"]


# --- versions -----------------------------------------------------------------------------------------------------


def publish(browse: Browse, deal: Deal, **said: str) -> Any:
    return browse(deal.cast.manager).post(f"{PAGE}publish/", {"version": "1"} | said)


def drafted(deal: Deal, browse: Browse, **others: str) -> None:
    deal.be(deal.cast.manager)
    browse(deal.cast.manager).post(PAGE, typed(deal, **others))


def published(deal: Deal) -> Tariff:
    deal.be(deal.cast.manager)
    return Tariff.objects.get(number=2)


def test_a_draft_is_published_for_a_later_day_in_the_facilitys_zone(deal: Deal, browse: Browse) -> None:
    with seen_by(organisation_id=deal.cast.facility_operator.pk):
        Facility.objects.update(zone="America/New_York")
    drafted(deal, browse, setup_fen="250")

    assert publish(browse, deal, valid_from="2026-12-24T09:30").status_code == 302

    assert published(deal).valid_from.isoformat() == "2026-12-24T14:30:00+00:00"
    page = shown(browse(deal.cast.stranger).get(PAGE))
    later = page[page.index("Version 2") :]
    assert "counts later" in later
    assert "2026-12-24 09:30" in later
    assert "¥200.00" in page[: page.index('id="versions"')]  # what counts now is posted
    assert deal.quote().content["tariff"]["number"] == 1
    with time_machine.travel(NOW + timedelta(days=40)):
        page = shown(browse(deal.cast.stranger).get(PAGE))
        assert "¥250.00" in page[: page.index('id="versions"')]
        assert page.index("counts now") < page.index("counted before")


def test_what_comes_next_begins_with_the_last_version_also_where_that_counts_later(deal: Deal, browse: Browse) -> None:
    drafted(deal, browse, setup_fen="250", payment_days="45")
    manager = browse(deal.cast.manager)
    publish(browse, deal, valid_from="2026-12-24T09:30")

    page = shown(manager.get(PAGE))

    assert "The fields begin as version 2 has them." in page
    assert re.search(r'name="setup_fen" value="250"', page)
    assert re.search(r'name="payment_days" value="45"', page)
    tried = shown(manager.post(PAGE, typed(deal, setup_fen="250", payment_days="45", cleaning_fen="21", preview="1")))
    changed = tried[tried.index('class="table changes"') :]
    changed = changed[: changed.index("</table>")]
    assert re.findall(r"¥[\d.]+", changed) == [
        "¥20.00",
        "¥21.00",
    ]  # the cleaning alone: the rest is version 2's already


def test_saving_and_publishing_are_told(deal: Deal, browse: Browse) -> None:
    deal.be(deal.cast.manager)
    sent = typed(deal, setup_fen="250")
    manager = browse(deal.cast.manager)

    manager.post(PAGE, sent)
    assert "The draft is saved. Customers do not see it." in shown(manager.get(PAGE))
    manager.post(f"{PAGE}publish/", {"version": "1", "valid_from": ""})
    assert "Version 2 is published" in shown(manager.get(PAGE))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"valid_from": "2026-11-25T15:59"}, "not from the past"),
        ({"valid_from": "soon"}, "Enter a valid date/time."),
        ({"version": "7"}, "Somebody changed this meanwhile."),
        ({"version": "x"}, "Enter a whole number."),
    ],
)
def test_a_moment_that_cannot_be_is_refused(
    deal: Deal, browse: Browse, everything: Everything, said: dict[str, str], reason: str
) -> None:
    drafted(deal, browse)
    before = everything()

    answer = publish(browse, deal, **said)

    assert (answer.status_code, reason in shown(answer)) == (400, True)
    assert everything() == before


def test_versions_say_which_number_changed(deal: Deal) -> None:
    shop = deal.shop
    others = {
        "setup_fen": 250_00,
        "resin_ml_fen": {"pr48-385": 60_00},
        "rebate_per_mille": {"10": 100},
        "valid_days": 7,
    }
    before, after = shop.numbers(), shop.numbers(**others)

    found = [(str(one.name), one.before, one.after) for one in differences(shop.facility, before, after)]

    assert found == [
        ("Setting up, once", "¥200.00", "¥250.00"),
        ("PR48", "¥50.00", "¥60.00"),
        ("A quote counts for days", "14", "7"),
        ("from part 100 on", "−25 %", None),
    ]
    assert list(differences(shop.facility, before, before)) == []


def test_of_versions_each_is_compared_with_the_one_that_counted_before_it(deal: Deal) -> None:
    days = [timedelta(days=count) for count in (0, 9, 3)]
    made = [
        Tariff(number=number, valid_from=NOW + day, numbers=deal.shop.numbers(setup_fen=number * 100))
        for number, day in enumerate(days, start=1)
    ]

    found = versions(deal.shop.facility, made, at=NOW + timedelta(days=4))

    assert [(one.tariff.number, one.stands) for one in found] == [(2, "later"), (3, "now"), (1, "before")]
    changes = [one.differences and [(each.before, each.after) for each in one.differences] for one in found]
    assert changes == [[("¥3.00", "¥2.00")], [("¥1.00", "¥3.00")], None]
