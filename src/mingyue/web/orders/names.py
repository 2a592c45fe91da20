"""What a thing is called in two languages, and by what number people call a quote or an order."""

from __future__ import annotations

import secrets
from typing import Any, Protocol

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is taken for another when it is read aloud
_LETTER_COUNT = 8


class TwoNames(str):
    """English, with the Chinese beside it; in a phrase each reader gets theirs."""

    __slots__ = ("zh",)
    zh: str

    def __new__(cls, english: str, zh: str = "") -> TwoNames:
        made = super().__new__(cls, english)
        made.zh = zh or english
        return made


class Named(Protocol):
    """A row with a name in each language."""

    name: Any
    name_zh: Any


def both_names(row: Named) -> dict[str, str]:
    """As JSON."""
    return {"name": row.name, "name_zh": row.name_zh}


def new_number(letter: str) -> str:
    """Such as Q-7F3K-2M9P. Drawn, not counted: a number tells nobody how much others order."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_LETTER_COUNT))
    return f"{letter}-{drawn[:4]}-{drawn[4:]}"
