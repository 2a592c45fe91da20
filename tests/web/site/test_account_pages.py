"""Pages of one's account, made by allauth: in our frame, and in Chinese throughout."""

from __future__ import annotations

import re
from html import unescape

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests.web.conftest import PASSWORD, Cast

OPEN_TO_ALL = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/confirm-email/",
    "/accounts/inactive/",
]
OF_THE_SIGNED_IN = [
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/sessions/",
    "/accounts/logout/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
]
# Names, and what a browser says of itself.
NAMES = re.compile(r"Mingyue [\d.]+|English|Mozilla/\S+|PIN|passkey|[A-Z2-7]{32}|\S+@\S+")


def words_in(page: str) -> str:
    """What a page shows: the text of its body."""
    body = re.sub(r"<(script|style|code)\b.*?</\1>|<[^>]*>", " ", page.partition("<body>")[2], flags=re.DOTALL)
    return NAMES.sub(" ", unescape(body))


def english_in(page: str) -> list[str]:
    return re.findall(r"[A-Za-z']{2,}(?:\s+[A-Za-z']{2,})+", words_in(page))


@pytest.fixture
def signed_in(cast: Cast, client: Client) -> Client:
    """A person with a confirmed address who gave the password again just now, reading Chinese."""
    EmailAddress.objects.create(user=cast.owner, email=cast.owner.email, verified=True, primary=True)
    client.cookies["mingyue_language"] = "zh-hans"
    client.post("/accounts/login/", {"login": cast.owner.email, "password": PASSWORD})
    assert english_in(client.get("/accounts/reauthenticate/").content.decode()) == []
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


@pytest.mark.usefixtures("db")
def test_pages_before_signing_in_are_chinese_and_in_our_frame(client: Client) -> None:
    client.cookies["mingyue_language"] = "zh-hans"
    pages = {address: client.get(address).content.decode() for address in OPEN_TO_ALL}

    assert {address: words for address, page in pages.items() if (words := english_in(page))} == {}
    assert {page.count('class="entrance"') for page in pages.values()} == {1}
    assert {page.count("<h1") for page in pages.values()} == {1}


def test_pages_of_ones_account_are_chinese_and_in_our_frame(signed_in: Client) -> None:
    answers = {address: signed_in.get(address) for address in OF_THE_SIGNED_IN}
    pages = {address: answer.content.decode() for address, answer in answers.items()}

    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(OF_THE_SIGNED_IN, 200)
    assert {address: words for address, page in pages.items() if (words := english_in(page))} == {}
    assert {page.count("<h1") for page in pages.values()} == {1}
    assert {page.count('class="side-list"') for page in pages.values()} == {1}


def test_scripts_of_account_pages_are_files_or_data(signed_in: Client) -> None:
    for address in OF_THE_SIGNED_IN:
        scripts = re.findall(r"<script\b([^>]*)>", signed_in.get(address).content.decode())

        assert len(scripts) >= 4
        assert [script for script in scripts if "src=" not in script and 'type="application/json"' not in script] == []


def test_english_on_a_chinese_page_is_found() -> None:
    assert english_in("<body><p>这里 Not used. <b>Sign</b> in</p><code>not this</code>") == ["Not used", "Sign  in"]
