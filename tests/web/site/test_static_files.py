"""Styles and scripts are answered with what a browser needs to keep them, and nothing else is."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.web.conftest import ROOT

ADDRESS = "/static/css/mingyue.css"
FILE = ROOT / "src" / "mingyue" / "web" / "site" / "static" / "css" / "mingyue.css"


def test_a_file_comes_whole_with_its_type_and_how_long_it_holds(client: Client) -> None:
    answer = client.get(ADDRESS)

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == FILE.read_bytes()  # type: ignore[attr-defined]
    assert answer["Content-Type"] == 'text/css; charset="utf-8"'
    assert answer["Cache-Control"] == "max-age=300, public"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == str(FILE.stat().st_size)
    assert "Content-Disposition" not in answer
    assert "Access-Control-Allow-Origin" not in answer


def test_whoever_has_it_is_told_so(client: Client) -> None:
    known = client.head(ADDRESS)["Last-Modified"]

    answer = client.get(ADDRESS, headers={"If-Modified-Since": known})

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_part_of_it_can_be_asked_for(client: Client) -> None:
    answer = client.get(ADDRESS, headers={"Range": "bytes=2-5"})

    assert answer.status_code == 206
    assert b"".join(answer.streaming_content) == FILE.read_bytes()[2:6]  # type: ignore[attr-defined]


def test_its_head_comes_without_it(client: Client) -> None:
    answer = client.head(ADDRESS)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Content-Length"] == str(FILE.stat().st_size)


def test_it_takes_nothing(client: Client) -> None:
    assert client.post(ADDRESS).status_code == 405


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("address", ["/static/css/none.css", "/static/../settings.py", "/static/css/"])
def test_what_is_no_file_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
