"""Lists of quotes, orders, invoices and projects: page by page, searched, narrowed, in the facility's days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingyue.web.facilities.models import Facility
from mingyue.web.orders import services
from mingyue.web.orders.models import Project, Quote
from mingyue.web.orders.pages.lists import A_PAGE
from mingyue.web.records.paging import stretch_of
from mingyue.web.records.walls import seen_by
from tests.web.conftest import NOW
from tests.web.orders.browsing import Browse, shown
from tests.web.orders.conftest import Deal, checked

pytestmark = pytest.mark.usefixtures("today")


def numbers(page: str) -> list[str]:
    return re.findall(r'class="(?:deal-number num|eyebrow num)"[^>]*>([^<]+)<', page)


def ways(page: str) -> dict[str, str]:
    """Where Newer and Older lead."""
    return {rel: unescape(address) for rel, address in re.findall(r'rel="(\w+)" href="([^"]+)"', page)}


@pytest.fixture
def many(deal: Deal) -> list[str]:
    """Numbers of two and a half pages of projects, newest first; some began at one moment."""
    count = 2 * A_PAGE + A_PAGE // 2
    deal.be(deal.holder)
    Project.objects.all().delete()
    Project.objects.bulk_create(
        Project(
            organisation=deal.cast.institute, number=f"P-{place:03}", name="even" if place % 2 == 0 else "odd",
            budget_fen=1, at=NOW + timedelta(seconds=place // 3),
        )
        for place in range(count)
    )  # fmt: skip
    return list(Project.objects.order_by("-at", "-pk").values_list("number", flat=True))


def walked(browse: Browse, deal: Deal, address: str, rel: str) -> Iterator[tuple[str, list[str]]]:
    """The pages that follow one another: query and numbers."""
    client = browse(deal.holder)
    while True:
        page = shown(client.get(address))
        yield address, numbers(page)
        if rel not in ways(page):
            return
        address = "/projects/" + ways(page)[rel]


def test_a_list_is_walked_to_its_end_and_back(deal: Deal, browse: Browse, many: list[str]) -> None:
    there = list(walked(browse, deal, "/projects/", "next"))
    back = list(walked(browse, deal, there[-1][0], "prev"))

    assert [number for _, page in there for number in page] == many
    assert [len(page) for _, page in there] == [A_PAGE, A_PAGE, A_PAGE // 2]
    assert [page for _, page in back[::-1]] == [page for _, page in there]


def test_rows_that_come_meanwhile_move_nothing(deal: Deal, browse: Browse, many: list[str]) -> None:
    client = browse(deal.holder)
    older = "/projects/" + ways(shown(client.get("/projects/")))["next"]
    before = numbers(shown(client.get(older)))
    deal.be(deal.holder)
    Project.objects.create(organisation=deal.cast.institute, number="P-new", budget_fen=1, at=NOW + timedelta(days=1))

    page = shown(client.get(older))

    assert numbers(page) == before
    assert len(numbers(shown(client.get("/projects/" + ways(page)["prev"])))) == A_PAGE


def test_the_filter_goes_along_from_page_to_page(deal: Deal, browse: Browse, many: list[str]) -> None:
    pages = list(walked(browse, deal, "/projects/?q=EVEN&state=open", "next"))

    assert [number for _, page in pages for number in page] == [one for one in many if int(one[2:]) % 2 == 0]
    assert all("q=EVEN" in address and "state=open" in address for address, _ in pages)
    page = shown(browse(deal.holder).get(pages[-1][0]))
    assert 'value="EVEN"' in page
    assert '<option value="open" selected>' in page


@pytest.mark.parametrize("query", ["older_than=x", "newer_than=x", f"older_than={'f' * 46}", "state=moon", "q=%00"])
def test_an_address_that_means_nothing_shows_the_first_page(
    deal: Deal, browse: Browse, many: list[str], query: str
) -> None:
    assert numbers(shown(browse(deal.holder).get(f"/projects/?{query}"))) == many[:A_PAGE]


def test_nothing_that_fits_leads_back_to_all(deal: Deal, browse: Browse) -> None:
    page = shown(browse(deal.holder).get("/projects/?q=100%25"))

    assert "Nothing that fits." in page
    assert '<a href="/projects/">' in page
    assert "No project to see" not in page


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 60), start=st.integers(0, 124))
def test_each_page_touches_its_neighbours(many: list[str], limit: int, start: int) -> None:
    rows = Project.objects.all()
    here = stretch_of(rows, limit=limit, by="at")
    while here.older and many.index(here.items[0].number) + limit <= start:
        there = stretch_of(rows, limit=limit, by="at", older_than=here.older)
        assert there.newer is not None
        again = stretch_of(rows, limit=limit, by="at", newer_than=there.newer)
        assert [one.pk for one in again.items] == [one.pk for one in here.items]
        assert (again.newer, again.older) == (here.newer, here.older)
        here = there
    place = many.index(here.items[0].number)
    assert [one.number for one in here.items] == many[place : place + limit]


# --- what is found ------------------------------------------------------------------------------------------------


def test_a_quote_is_found_by_number_and_part_and_by_how_it_stands(deal: Deal, browse: Browse) -> None:
    mine, declined = deal.quote(), deal.quote(quantity=501)
    services.decline_quote(actor=deal.be(deal.cast.manager), quote_id=declined.pk, why="w", at=NOW)
    gear = checked(deal.shop, deal.cast.owner, deal.cast.institute)
    gear.revision.part.name = "100% 齿轮"
    with seen_by(organisation_id=deal.cast.institute.pk):
        gear.revision.part.save()
    other = services.ask_quote(
        actor=deal.be(deal.cast.owner), at=NOW + timedelta(days=3),
        asked=[services.Asked(gear.pk, deal.shop.standard.pk, tolerance_um=25)],
    )  # fmt: skip

    def found(query: str) -> set[str]:
        return set(numbers(shown(browse(deal.cast.owner).get(f"/quotes/?{query}"))))

    assert found("") == {mine.number, declined.number, other.number}
    assert found(f"q={mine.number[2:6].lower()}") == {mine.number}
    assert found("q=NOZZ") == {mine.number, declined.number}
    assert found("q=齿轮") == found("q=100%25") == {other.number}
    assert found("q=NOZZ&state=declined") == {declined.number}
    assert found("state=offered") == {mine.number, other.number}
    with time_machine.travel(NOW + timedelta(days=15)):
        assert found("state=ran_out") == {mine.number}
        assert found("state=offered") == {other.number}
        page = shown(browse(deal.cast.owner).get("/quotes/?state=ran_out"))
        assert page.count(">Ran out<") == 2  # the choice, and the quote


def test_an_order_and_its_invoices_are_found(deal: Deal, browse: Browse) -> None:
    order, other = deal.ordered(), deal.ordered()
    manager = deal.be(deal.cast.manager)
    invoice = services.bill_order(actor=manager, order_id=order.pk, at=NOW)
    services.credit_invoice(actor=manager, invoice_id=invoice.pk, amount_fen=1, why="w", at=NOW)
    services.void_invoice(
        actor=manager, invoice_id=services.bill_order(actor=manager, order_id=other.pk, at=NOW).pk, why="w", at=NOW
    )

    def found(query: str) -> list[str]:
        return sorted(numbers(shown(browse(deal.cast.owner).get(query))))

    assert found("/orders/") == found("/orders/?q=nsfc") == sorted([order.number, other.number])
    assert found(f"/orders/?q={order.number}") == found(f"/orders/?q={order.quote.number}") == [order.number]
    assert found("/orders/?state=cancelled") == []
    assert found("/invoices/") == found("/invoices/?q=nozzle") == ["Credit note 1", "Invoice 1", "Invoice 2"]
    assert found(f"/invoices/?q={order.number}") == ["Credit note 1", "Invoice 1"]
    assert found("/invoices/?state=credit_note") == ["Credit note 1"]
    assert found("/invoices/?state=voided") == ["Invoice 2"]
    papers = re.findall(
        r'href="(/invoices/[0-9a-f-]+/invoice\.pdf\?language=\w+)"', shown(browse(deal.cast.owner).get("/invoices/"))
    )
    assert len(set(papers)) == 2 * 3  # each in two languages
    assert browse(deal.cast.owner).get(papers[0])["Content-Type"] == "application/pdf"
    for person in (deal.cast.stranger, deal.rival, deal.cast.colleague, deal.cast.office):
        page = shown(browse(person).get("/invoices/"))
        assert numbers(page) == []
        assert "nozzle" not in page


def test_of_several_options_a_list_tells_the_cheapest(deal: Deal, browse: Browse) -> None:
    owner = deal.be(deal.cast.owner)
    services.ask_quote(actor=owner, asked=[*deal.asked(quantity=3), *deal.asked()], at=NOW)

    assert "from ¥636.92" in shown(browse(deal.cast.owner).get("/quotes/"))


def test_days_are_the_facilitys(deal: Deal, browse: Browse) -> None:
    deal.ordered()
    with seen_by(organisation_id=deal.cast.facility_operator.pk):
        Facility.objects.update(zone="Pacific/Kiritimati")  # fourteen hours ahead: NOW is the 25th, 22 o'clock
    late = NOW + timedelta(hours=3)
    manager = deal.be(deal.cast.manager)
    services.bill_order(actor=manager, order_id=_only_order(deal), at=late)
    services.ask_quote(actor=deal.be(deal.cast.owner), asked=deal.asked(), at=late)

    client = browse(deal.cast.owner)
    days = [re.findall(r"<time [^>]*>([^<]+)<", shown(client.get(page))) for page in ("/quotes/", "/invoices/")]

    assert days == [["2026-11-26", "2026-11-25"], ["2026-12-26", "2026-11-26"]]  # an invoice: until when, and of when


def test_the_day_on_which_a_quote_ran_out_is_the_facilitys(deal: Deal, browse: Browse) -> None:
    quote = deal.quote()
    with seen_by(organisation_id=deal.cast.facility_operator.pk):
        Facility.objects.update(zone="Pacific/Kiritimati")
    quote = Quote.objects.get(pk=quote.pk)
    late = NOW + timedelta(days=14, hours=3)
    with time_machine.travel(late):
        page = shown(browse(deal.cast.owner).get(f"/quotes/{quote.pk}/"))

    assert "This quote ran out on 2026-12-09." in page
    assert "2026-12-09 22:00" in page


def _only_order(deal: Deal) -> object:
    return deal.be(deal.cast.manager) and Quote.objects.get(state="accepted").order.pk


@pytest.mark.parametrize("page", ["/quotes/", "/orders/", "/invoices/", "/projects/", "/quotes/new/"])
def test_the_navigation_says_where_one_is(deal: Deal, browse: Browse, page: str) -> None:
    nav = shown(browse(deal.cast.owner).get(page))
    nav = nav[nav.index("navbar-nav") : nav.index("site-tools")]

    assert re.findall(r'href="([^"]+)" aria-current="page"', nav) == ["/orders/"]
