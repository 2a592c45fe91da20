"""From an upload to a bill in real browsers: a university and a firm order the same, in English and in Chinese; each of
the three people does what is theirs, led by the bell, the budget holder on a phone in the dark."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from mingyue.phrases import Language, in_language, say
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.samples.solids import box, meshed
from tests.web.browser.conftest import Opening
from tests.web.browser.test_parts import faults_for_axe, send
from tests.web.orders.papers import text_of
from tests.web.serving.running import until

DEMONSTRATION = Path(__file__).parents[3] / "src" / "mingyue" / "web" / "site" / "demonstration.toml"
MANAGER = "manager@mingyue.example"
LOCALES: dict[Language, str] = {"en": "en-GB", "zh": "zh-CN"}
QUOTE = re.compile(r"/quotes/[0-9a-f-]{36}/$")
ORDER = re.compile(r"/orders/[0-9a-f-]{36}/$")
QUEUE_MS = 240_000  # the checks of other tests' parts come first
QUANTITY = 12  # enough that nobody pays the smallest order

Shot = Callable[[Page, str], None]
# Rate of tax and amount in fen of each line.
Lines = list[tuple[str, int]]


@dataclass(frozen=True)
class Customer:
    """Who asks, who pays, and how their organisation is called in each language."""

    kind: str
    asker: str
    holder: str
    names: dict[Language, str]  # as documents have them


UNIVERSITY = Customer(
    "university", "engineer@mingyue.example", "budget@mingyue.example",
    {"en": "Jialing University (demonstration)", "zh": "嘉陵大学（演示）"},
)  # fmt: skip
FIRM = Customer(
    "company", "firm@mingyue.example", "finance@mingyue.example",
    {"en": "Yuzhong Connectors", "zh": "渝中连接器公司"},
)  # fmt: skip


@pytest.fixture(scope="session")
def post(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some tenths of a millimetre: nothing about it fails."""
    path = tmp_path_factory.mktemp("ordered") / "socket-post.stl"
    write_stl(meshed(box((0.0, 0.0, 0.0), (300.0, 240.0, 300.0))), path, unit="um")
    return path


@pytest.fixture(scope="session")
def offered() -> dict[str, Lines]:
    """What each kind of customer was offered for the same wish."""
    return {}


@dataclass(frozen=True)
class Desk:
    """One person at one browser."""

    page: Page
    language: Language
    shot: Shot
    name: str

    def says(self, template: str, **values: object) -> str:
        return in_language(say(template, **values), self.language)

    def button(self, template: str, **values: object) -> Locator:
        return self.page.get_by_role("main").get_by_role("button", name=self.says(template, **values), exact=True)

    def link(self, template: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("link", name=self.says(template), exact=True)

    def reads(self, template: str, **values: object) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(self.says(template, **values))

    def looks(self, at: str) -> None:
        """Keeps a picture; nobody is shut out, and nothing sticks out sideways."""
        self.shot(self.page, f"ordering-{self.name}-{at}")
        assert faults_for_axe(self.page) == []
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the screen"

    def rings(self, number: str, told: str, **values: str) -> None:
        """The bell leads to what is told of this number, as soon as it is."""
        bell, there = (
            self.page.locator("#bell"),
            self.page.get_by_role("link", name=self.says(told, number=number, **values)),
        )

        def told_there() -> bool:
            if not bell.is_visible():
                self.page.click(".navbar-toggler")  # on a phone
            bell.click()
            self.page.wait_for_url("**/notices/")
            return there.count() > 0

        until(told_there)
        there.first.click()
        expect(self.page.locator("main .eyebrow")).to_contain_text(number)

    def paper(self, where: str) -> str:
        """All words of the PDF that is linked there, in the reader's language."""
        link = self.page.locator(where).locator(f'.papers a[hreflang="{self.language}"]').first
        answer = self.page.request.get(str(link.get_attribute("href")))
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        return text_of(answer.body())


# Each language and each customer once: the other two pairings show nothing more, and half a minute each is much.
@pytest.mark.parametrize(
    ("customer", "language"), [(UNIVERSITY, "en"), (FIRM, "zh")], ids=lambda one: str(getattr(one, "kind", one))
)
def test_what_is_uploaded_is_quoted_looked_at_approved_ordered_and_billed(
    open_page: Opening, post: Path, offered: dict[str, Lines], shot: Shot, customer: Customer, language: Language
) -> None:
    def sits(who: str, **more: Any) -> Desk:
        page = open_page(who=who, locale=LOCALES[language], **more)
        return Desk(page, language, shot, f"{customer.kind}-{language}-{who.partition('@')[0]}")

    asker, manager = sits(customer.asker), sits(MANAGER)
    number = asks(asker, post)
    offered[customer.kind] = lines_of(asker.page)
    asks_for_a_look(asker)
    manager.rings(number, "Quote {number} waits for the facility to look at it.")
    number = (answers_with_another if customer is UNIVERSITY else answers_as_it_is)(manager, number)

    holder = sits(customer.holder, width=390, height=844, color_scheme="dark")
    total = approves(holder, number)
    asker.rings(number, "Quote {number} was approved.")
    order = accepts(asker, total)
    said = asker.paper("main")
    assert [words for words in (order, number, total, customer.names[language]) if words not in said] == []

    manager.rings(number, "Quote {number} was accepted: it is order {order} now.", order=order)
    bills(manager, total)
    holder.rings(order, "Order {number} was billed: {amount}.", amount=total)
    holder.looks("order-billed")
    holder.page.goto("/invoices/")
    holder.looks("invoices")
    said = holder.paper(f'.deals > li:has-text("{order}")')
    assert [words for words in (order, total, customer.names[language]) if words not in said] == []


def test_a_university_pays_its_share_of_what_a_firm_pays(offered: dict[str, Lines]) -> None:
    """Both were offered the same; what is left of it for a university is the tariff's share, to the fen."""
    tariff = tomllib.loads(DEMONSTRATION.read_text(encoding="utf-8"))["tariff"][0]["numbers"]
    share = tariff["kind_per_mille"]["university"]
    firm, university = offered["company"], offered["university"]
    assert share == 700
    assert university[: len(firm)] == firm

    rebate = dict(university[len(firm) :])
    for rate in {rate for rate, _ in firm}:
        net = sum(amount for other, amount in firm if other == rate)
        assert abs(1000 * (net + rebate[rate]) - share * net) <= 500  # the nearest fen


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1280), ("zh", "dark", 390)])
def test_the_pages_beside_the_way_shut_nobody_out(
    open_page: Opening, shot: Shot, language: Language, scheme: str, width: int
) -> None:
    def sits(who: str) -> Desk:
        page = open_page(who=who, locale=LOCALES[language], color_scheme=scheme, width=width)
        return Desk(page, language, shot, f"beside-{language}-{who.partition('@')[0]}")

    manager, owner = sits(MANAGER), sits(UNIVERSITY.asker)
    for path in ("quotes", "orders", "invoices", "notices"):
        manager.page.goto(f"/{path}/")
        manager.looks(path)
    manager.page.goto("/facilities/two-micrometre-printing/tariff/")
    manager.page.get_by_label(manager.says("Setting up, once")).fill("450")
    manager.button("See what it would do").click()
    manager.reads("They are not saved yet.")
    manager.looks("tariff")

    owner.page.goto("/organisations/jialing-university/webhooks/")
    owner.page.get_by_label(owner.says("Address")).fill("https://hooks.invalid/mingyue")
    owner.button("Add").click()
    owner.looks("webhook-added")
    owner.page.get_by_role("link", name="https://hooks.invalid/mingyue").click()
    owner.button("Send a test event").click()
    owner.looks("webhook")
    owner.button("Remove this webhook").click()
    owner.page.wait_for_url("**/webhooks/")


# --- what each of them does ----------------------------------------------------------------------------------------


def asks(asker: Desk, post: Path) -> str:
    """Uploads, and asks before the check is done: the page follows it. The number of the quote."""
    page = asker.page
    page.goto("/parts/new/")
    send(page, post, units="um")
    asker.link("Ask for a quote").click()
    expect(page.locator("[name=quantity]")).to_be_visible(timeout=QUEUE_MS)
    asker.looks("asking")
    page.get_by_label(asker.says("Quantity")).fill(str(QUANTITY))
    page.get_by_label(asker.says("by eye"), exact=True).uncheck()
    page.get_by_label(asker.says("measured where it matters"), exact=True).check()
    asker.button("Ask for a quote").click()
    page.wait_for_url(QUOTE)
    asker.looks("offered")
    return page.locator("main .eyebrow").inner_text()


def asks_for_a_look(asker: Desk) -> None:
    asker.page.get_by_role("textbox", name=asker.says("Message"), exact=True).fill(
        "The bottom face is glued. May it carry support marks?\n底面要粘接，可以有支撑痕迹。"
    )
    asker.button("Send, and let a person look at the offer").click()
    asker.reads("Looked at by the facility")
    asker.looks("in-review")


def answers(manager: Desk) -> None:
    manager.looks("in-review")
    manager.page.get_by_role("textbox", name=manager.says("Message"), exact=True).fill(
        "It may, and this time the measuring is on us.\n可以，这次测量免费。"
    )
    manager.button("Send").click()
    expect(manager.page.locator(".said")).to_have_count(2)


def answers_as_it_is(manager: Desk, number: str) -> str:
    answers(manager)
    manager.button("Offer it as it is").click()
    manager.reads("Offered")
    manager.looks("released")
    return number


def answers_with_another(manager: Desk, number: str) -> str:
    """The inspection costs nothing; the number of the other quote."""
    answers(manager)
    manager.link("Give other amounts").click()
    changed = manager.page.locator(".line-changes li").filter(has_text=manager.says("measured where it matters")).first
    changed.locator("input[type=number]").fill("0")
    changed.locator("input:not([type=number])").fill("On us, the first time / 首次免费")
    manager.button("See the new totals").click()
    manager.reads("Nothing was sent yet.")
    manager.looks("other-amounts")
    manager.button("Send as another quote").click()
    manager.page.wait_for_url(QUOTE)
    manager.reads("It took the place of {number}", number=number)
    expect(manager.page.locator(".said")).to_have_count(2)  # the conversation came along
    manager.looks("replaced")
    return manager.page.locator("main .eyebrow").inner_text()


def approves(holder: Desk, number: str) -> str:
    """Comes by the list, on a phone; what the option costs."""
    page = holder.page
    page.goto("/quotes/")
    holder.looks("quotes")
    page.get_by_role("link", name=number).click()
    total = page.locator(".options h3 .num").first.inner_text()
    holder.looks("to-approve")
    holder.button("Approve option {number}", number=1).click()
    holder.reads("Withdraw the approval")
    holder.looks("approved")
    page.goto("/projects/")
    holder.looks("projects")
    page.locator(".card-list a").first.click()
    holder.reads("not ordered yet")
    holder.looks("project")
    return total


def accepts(asker: Desk, total: str) -> str:
    """The number of the order."""
    asker.looks("approved")
    asker.button("Accept and order for {amount}", amount=total).click()
    asker.page.wait_for_url(ORDER)
    asker.reads("Accepted")
    asker.looks("order")
    return asker.page.locator("main .eyebrow").inner_text()


def bills(manager: Desk, total: str) -> None:
    """The quote leads to the order, and all of it is billed."""
    manager.link("To the order").click()
    manager.page.wait_for_url(ORDER)
    manager.looks("order")
    manager.page.get_by_text(manager.says("Write an invoice"), exact=True).click()
    manager.button("Bill").click()
    expect(manager.page.locator("[aria-labelledby=invoices] .rows")).to_contain_text(total)
    manager.looks("billed")


def lines_of(page: Page) -> Lines:
    """Of the first option: rate of tax and amount of each line."""
    rows = page.locator(".options > li").first.locator(".price-lines tbody tr").all()
    cells = [row.locator("td").all_inner_texts() for row in rows]
    return [(rate, int(re.sub("[¥,.]", "", amount).replace("−", "-"))) for _, rate, amount in cells]
