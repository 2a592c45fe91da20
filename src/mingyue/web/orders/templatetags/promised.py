"""What quotes and orders keep as JSON, as a page shows it: `{% load promised %}{{ line.reason|kept }}`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template

from mingyue.web.records.kept_phrases import from_json
from mingyue.web.records.language import current_language, in_current_language

register = template.Library()


@register.filter
def yuan(amount_fen: int | None) -> str:
    """Whole fen as ¥1,234.50; nothing for None."""
    if amount_fen is None:
        return ""
    whole, rest = divmod(abs(amount_fen), 100)
    return f"{'−' if amount_fen < 0 else ''}¥{whole:,}.{rest:02d}"


@register.filter
def added(difference_fen: int) -> str:
    """What is more or less: +¥1.50, −¥1.50, or = where nothing changes."""
    if not difference_fen:
        return "="
    return f"{'+' if difference_fen > 0 else ''}{yuan(difference_fen)}"


@register.filter
def percent(per_mille: int) -> str:
    """60 as 6 %."""
    return f"{per_mille / 10:g} %"


@register.filter
def kept(phrase: dict[str, Any] | None) -> str:
    """A phrase that was kept, in the visitor's language."""
    return in_current_language(from_json(phrase))


@register.filter
def named(kept_names: Mapping[str, Any]) -> str:
    """The name of something that was kept with both its names."""
    zh = str(kept_names.get("name_zh") or "")
    return zh if zh and current_language() == "zh" else str(kept_names["name"])


@register.filter
def cheapest(content: Mapping[str, Any]) -> int:
    """The total of the option that costs least."""
    return min(int(option["total_fen"]) for option in content["options"])


@register.filter
def more(amount_fen: int | None) -> str:
    """A difference, with its sign."""
    return f"+{yuan(amount_fen)}" if amount_fen and amount_fen > 0 else yuan(amount_fen)


@register.filter
def overdue(invoice: Any, now: datetime) -> bool:
    """Whether it should have been paid before."""
    return bool(invoice.is_overdue(now))


@register.filter
def unlocalized(number: float) -> str:
    """A number as programs read it, whatever the visitor's language writes."""
    return f"{number:.3f}"


@register.filter
def change(percent: float) -> str:
    """12.34 as +12.3 %."""
    return f"{percent:+.1f} %"
