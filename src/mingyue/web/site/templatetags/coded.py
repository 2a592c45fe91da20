"""Names in a sentence of the API's description stand between backticks, as in Markdown: `{{ act.about|coded }}`."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from mingyue.web.records.language import in_current_language

register = template.Library()


@register.filter
def coded(text: str) -> SafeString:
    """The sentence in the visitor's language, what stands between backticks as code."""
    # Escaped before anything is added to it.
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(in_current_language(text))))
