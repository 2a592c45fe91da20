"""The frame of every page: its language, where one is, who may go where; and pages that need nothing to be shown."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.translation import override

from mingyue.web.people.models import User
from tests.web.conftest import Cast

STATUSES = [400, 403, 404, 413, 429, 500, 503]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("status", STATUSES)
def test_an_error_page_needs_no_context_and_says_what_to_do(status: int, language: str) -> None:
    with override(language):
        page = render_to_string(f"{status}.html")

    (heading,) = re.findall(r"<h1>(.*?)</h1>", page)
    (remedy,) = re.findall(r"</h1>\s*<p>(.*?)</p>", page, re.DOTALL)
    assert bool(re.search(r"[\u4e00-\u9fff]", heading)) == (language == "zh-hans")
    assert bool(re.search(r"[\u4e00-\u9fff]", remedy)) == (language == "zh-hans")
    assert f">{status}<" in page
    assert ('<html lang="zh-Hans"' in page) == (language == "zh-hans")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("chosen", "lang", "words", "other"),
    [("en", "en", "Facilities", "zh-hans"), ("zh-hans", "zh-Hans", "设施", "en")],
)
def test_a_page_is_in_the_language_that_was_chosen(
    client: Client, chosen: str, lang: str, words: str, other: str
) -> None:
    answer = client.post("/language/", {"language": chosen, "next": "/"}, follow=True)
    page = answer.content.decode()

    assert answer.redirect_chain == [("/", 302)]
    assert f'<html lang="{lang}"' in page
    assert words in page
    assert f'name="language" value="{other}"' in page


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "address", ["/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere/"]
)
def test_a_page_has_one_main_one_heading_and_a_way_past_the_navigation(client: Client, address: str) -> None:
    page = client.get(address).content.decode()

    assert page.count("<main ") == page.count("<h1") == 1
    assert page.index('href="#main"') < page.index("<nav") < page.index('id="main"')


def test_administration_is_offered_to_the_office_only(cast: Cast, browse: Callable[[User | None], Client]) -> None:
    offered = {
        person.name: 'href="/administration/"' in browse(person).get("/facilities/").content.decode()
        for person in (cast.office, cast.owner, cast.stranger)
    }

    assert offered == {cast.office.name: True, cast.owner.name: False, cast.stranger.name: False}
    assert 'href="/administration/"' not in browse(None).get("/facilities/").content.decode()


@pytest.mark.usefixtures("db")
def test_scripts_and_styles_come_from_here_only(client: Client) -> None:
    answer = client.get("/accounts/login/")
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert re.fullmatch(r"'self'( 'nonce-[^']+')?", policy["script-src"])


@pytest.mark.usefixtures("db")
def test_a_password_that_is_too_short_is_refused_in_chinese(client: Client) -> None:
    client.cookies["mingyue_language"] = "zh-hans"
    answer = client.post("/accounts/signup/", {"email": "new@example.org", "name": "林华", "password1": "short"})

    assert "密码太短，至少需要 10 个字符。" in answer.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()
