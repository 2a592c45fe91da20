"""Our templates, read without being rendered: what they say, and what stands in them in plain letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, Token, TokenType

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(
    path for path in (ROOT / "src" / "mingyue" / "web").glob("*/templates/**/*") if path.suffix in {".html", ".txt"}
)
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]

# Attributes that people read or hear.
TOLD = {"alt", "aria-label", "aria-description", "aria-valuetext", "content", "label", "placeholder", "title"}
# Names and units are the same in every language; so are the names of languages, each in its own.
UNITS = r"(?:[nµmck]?m[²³]?|[mk]?[WJ]/[cm]?m²|ml|[kMG]?B|[mµ]?s|h|min|M?Pa|k?Hz|°C)"
SAME = re.compile(rf"Mingyue|明月|English|中文|UTC|(?<!\w){UNITS}(?!\w)|\bESC\b|&[a-z]+;")


@dataclass(frozen=True, slots=True)
class Said:
    """One `{% say %}`: template is None where it is no literal."""

    template: str | None
    names: frozenset[str]
    line: int


def said_in_template(text: str) -> Iterator[Said]:
    for token in tokens_of(text):
        words = token.split_contents() if token.token_type == TokenType.BLOCK else []
        if words[:1] == ["say"]:
            given = words[2:-2] if words[-2:-1] == ["as"] else words[2:]
            yield Said(literal_of(words[1]), frozenset(word.partition("=")[0] for word in given), token.lineno or 0)


def literal_of(word: str) -> str | None:
    quote = word[0]
    if quote not in "\"'" or len(word) < 2 or word[-1] != quote:
        return None
    return word[1:-1].replace(f"\\{quote}", quote).replace("\\\\", "\\")


def tokens_of(text: str) -> Iterator[Token]:
    """What a template is made of, without comments, what gettext translates, and blocks that fill a class attribute."""
    until = ""
    for token in Lexer(text).tokenize():
        words = token.contents.split() if token.token_type == TokenType.BLOCK else [""]
        if until:
            until = "" if words[0] == until else until
        elif words[0] in {"comment", "blocktranslate", "blocktrans"} or (
            words[0] == "block" and words[1].endswith("_class")
        ):
            until = f"end{words[0]}"
        elif token.token_type != TokenType.COMMENT:
            yield token


def plain_words_in_page(text: str) -> list[str]:
    """Words that a template shows without having them said, in the order in which they stand."""
    html = "".join(token.contents if token.token_type == TokenType.TEXT else "" for token in tokens_of(text))
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [told for told in reader.told if re.search(r"[^\W\d_]", SAME.sub("", told))]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.told: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta" or ("name", "description") in attrs:
            self.told += [value for name, value in attrs if value and name in TOLD]

    def handle_data(self, data: str) -> None:
        if self.lasttag not in {"script", "style"} or self.cdata_elem is None:
            self.told.append(data.strip())
