"""A sheet becomes a PDF. The same sheet gives the same bytes, so that no PDF need be kept."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mingyue.errors import LimitError
from mingyue.phrases import Language, say
from mingyue.web.orders.papers.documents import Json
from mingyue.web.orders.papers.sheets import sheet_of

if TYPE_CHECKING:
    import typst

_FOLDER = Path(__file__).parent
# Twelve options of thirty lines are some 100 kB. What is longer was not made by our rules.
_LONGEST_BYTES = 1_000_000
# What turns the direction of writing: with it a name could show an amount that is none.
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def pdf_of(document: Json, language: Language) -> bytes:
    """The document as a PDF, dated by itself."""
    told = json.dumps(sheet_of(document, language), ensure_ascii=False)
    told = unicodedata.normalize("NFC", _TURNS.sub("", told))  # fonts know é better than e and an accent
    if len(told.encode()) > _LONGEST_BYTES:
        raise LimitError(say("The document is too long to be printed."), remedy=say("Read it as JSON instead."))
    return _printed(told, at=datetime.fromisoformat(document["at"]))


def _printed(told: str, *, at: datetime) -> bytes:
    """What is told goes in as a value, never as source: nothing that a person wrote is a command to the typesetter."""
    import typst

    # One for each document: a compiler is not for several threads at once, and it costs nothing beside the fonts.
    compiler = typst.Compiler(_FOLDER / "paper.typ", root=_FOLDER, font_paths=_fonts())
    made = compiler.compile(format="pdf", sys_inputs={"sheet": told}, timestamp=int(at.timestamp()))
    if not isinstance(made, bytes):
        raise AssertionError("a PDF is one file")
    return made


@cache
def _fonts() -> typst.Fonts:
    """Ours first; characters that it lacks are looked for in those of the machine."""
    import typst

    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[_FOLDER / "fonts"])
