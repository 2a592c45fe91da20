"""In which of our two languages a visitor is answered, and how Python says something in it."""

from __future__ import annotations

from django.utils.functional import lazy
from django.utils.translation import get_language

from mingyue.phrases import Language, Phrase, in_language


def current_language() -> Language:
    """The language of this request: Chinese for every kind of zh, else English."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def in_current_language(text: str) -> str:
    """A phrase, such as a finding's text or an error's remedy, in the language of this request."""
    return in_language(text, current_language())


def said(template: str, /, **values: object) -> str:
    """`say`, for what stands in a module: labels and choices, translated when they are shown."""
    return _said(template, values)


def _say_now(template: str, values: dict[str, object]) -> str:
    return str(in_current_language(Phrase(template, values)))


_said = lazy(_say_now, str)
