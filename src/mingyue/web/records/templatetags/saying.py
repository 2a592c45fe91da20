"""Phrases in templates: `{% say "{count} parts" count=n %}` and `{{ finding.text|said }}`. No `{% load %}` is needed."""

from __future__ import annotations

from html import escape

from django import template
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from mingyue.phrases import Named, Phrase, in_language
from mingyue.web.records.language import current_language, in_current_language

register = template.Library()


@register.simple_tag(name="say", takes_context=True)
def say_in_page(context: Context, english: str, /, **values: object) -> SafeString:
    """HTML text in the visitor's language. Values are escaped, unless they are safe HTML already, such as a link."""
    text = in_language(Phrase(english, {}), current_language())
    if context.autoescape:  # off in the text of a mail
        text = escape(text, quote=False)
        values = {name: _escaped(value) for name, value in values.items()}
    # The template is ours and escaped; so are the values.
    return mark_safe(text.format(**values) if values else text)


@register.filter(name="said")
def said_in_page(text: object) -> str:
    """A phrase or name that Python made, in the visitor's language; any other text as it is. Escaped like a variable."""
    if isinstance(text, Named) and current_language() == "zh":
        return text.zh
    return in_current_language(text) if isinstance(text, str) else str(text)


def _escaped(value: object) -> object:
    if isinstance(value, int | float):
        return value  # so that {count:,} and {size:.1f} work
    return conditional_escape(said_in_page(value))
