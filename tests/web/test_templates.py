"""No page says anything that cannot be said in the other language, and none needs a script or style of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.templates import PAGES, ROOT, plain_words_in_page

INLINE = re.compile(r"<style|\bstyle\s*=|\son[a-z]+\s*=|javascript:|\bhx-on|https?://", re.IGNORECASE)
# A script without a source is data, or the one import map.
SCRIPT = re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"(?:importmap|application/json)\")", re.IGNORECASE)


def test_there_are_pages_to_read() -> None:
    assert {"base.html", "_nav.html", "404.html"} <= {path.name for path in PAGES}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT / "src" / "mingyue" / "web")))
def test_a_page_says_everything_in_phrases(path: Path) -> None:
    assert plain_words_in_page(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT / "src" / "mingyue" / "web")))
def test_a_page_holds_no_script_or_style_and_points_nowhere_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert INLINE.findall(text) == []
    assert SCRIPT.findall(text) == []


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>Sign in</p>", ["Sign in"]),
        ("<p>{{ name }} has {% if x %}many{% endif %}</p>", ["has many"]),
        ('<img alt="The moon" src="moon.svg">', ["The moon"]),
        ('<button aria-label="Close {{ name }}" class="btn"></button>', ["Close "]),
        ("<p>零件</p>", ["零件"]),
        ("<dd>{{ x }} mW/cm² · {{ y }} µm</dd>", []),
        ("<dd>{{ x }} mm wide</dd>", ["mm wide"]),
        ('<meta name="description" content="A service">', ["A service"]),
        ('<p class="{% block main_class %}page wide{% endblock %}">', []),
        ("{# a note #}{% comment %}another{% endcomment %}<p>{% say 'Sign in' %} 2 µm · Mingyue</p>", []),
        ('<meta name="viewport" content="width=device-width"><script src="x.js" type="module"></script>', []),
        ('<script type="application/json">{"a": "words"}</script>', []),
        ("{% blocktranslate %}Said by gettext{% endblocktranslate %}", []),
    ],
)
def test_words_that_are_no_phrase_are_found(page: str, words: list[str]) -> None:
    assert plain_words_in_page(page) == words


@pytest.mark.parametrize(
    "offence",
    [
        "<script>go()</script>",
        '<script type="module">go()</script>',
        '<p style="color: red">',
        "<style>p {}</style>",
        '<a onclick="go()">',
        '<a href="javascript:go()">',
        '<script src="https://cdn.example/x.js"></script>',
    ],
)
def test_a_script_or_style_within_a_page_is_found(offence: str) -> None:
    assert INLINE.search(offence) or SCRIPT.search(offence)
