"""What is said to people, in English and Chinese: a phrase keeps its template, so that it can be said again in zh.

English is written where it is said; Chinese stands in `phrases.zh.toml` under the English template, and each web app has
such a table beside it. A test holds that no phrase is without its Chinese.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Literal, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from pathlib import Path

Language = Literal["en", "zh"]


class Phrase(str):
    """An English sentence that remembers how it was made. It is a `str`, so it may be used as one anywhere."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, values: dict[str, object]) -> Self:
        phrase = super().__new__(cls, template.format(**values) if values else template)
        phrase.template = template
        phrase.values = values
        return phrase

    def __reduce__(self) -> tuple[type[Phrase], tuple[str, dict[str, object]]]:
        return Phrase, (self.template, self.values)


def say(template: str, /, **values: object) -> Phrase:
    """A phrase from an English template with {named} values, formatted as by `str.format`."""
    return Phrase(template, values)


def together(parts: Sequence[str], between: str) -> Phrase:
    """Several texts as one phrase, `between` between them; each is translated by itself."""
    names = [f"part{place}" for place in range(len(parts))]
    template = "{between}".join(f"{{{name}}}" for name in names)
    return Phrase(template, {"between": between, **dict(zip(names, parts, strict=True))})


@runtime_checkable
class Named(Protocol):
    """A thing with a name in each language, such as a machine's title; its `str` is the English one."""

    @property
    def zh(self) -> str: ...


def in_language(text: str, language: Language) -> str:
    """The text in that language; as it is where it is no phrase or has no translation. Values are translated too."""
    if language == "en" or not isinstance(text, Phrase):
        return text
    template = chinese().get(text.template, text.template)
    return (
        template.format(**{name: _in_chinese(value) for name, value in text.values.items()})
        if text.values
        else template
    )


def _in_chinese(value: object) -> object:
    if isinstance(value, Named):  # asked first: such a thing may be a text too, which no table translates
        return value.zh
    return in_language(value, "zh") if isinstance(value, str) else value


@cache
def chinese() -> dict[str, str]:
    """English template → Chinese template."""
    from pathlib import Path

    return read_table(Path(__file__).parent / "phrases.zh.toml")


def add_tables(folder: Path) -> None:
    """Know the Chinese that lies below a folder too, such as that of the web apps: a command need not read it."""
    for table in sorted(folder.glob("*/phrases.zh.toml")):
        chinese().update(read_table(table))


def read_table(path: Path) -> dict[str, str]:
    """English template → Chinese template, of one file."""
    import tomllib  # whoever reads English need not wait for it

    groups = tomllib.loads(path.read_text(encoding="utf-8")).values()
    return {english: zh for group in groups for english, zh in group.items()}


def names_of(template: str) -> set[str]:
    """The {names} that a template uses."""
    return {name.partition(".")[0].partition("[")[0] for _, name, _, _ in Formatter().parse(template) if name}


def language_of_environment() -> Language:
    """MINGYUE_LANG where it is set, else what the locale says; English for all but Chinese."""
    for name in ("MINGYUE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
