"""Money as people write it, from and to whole fen. Nothing is rounded: what is no whole fen is refused."""

from __future__ import annotations

import re

from mingyue.errors import BadInputError
from mingyue.phrases import say

_YUAN = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2}))?", re.ASCII)


def fen(text: str) -> int:
    """An amount in yuan with at most two decimals, as whole fen. Raises BadInputError."""
    read = _YUAN.fullmatch(text)
    if read is None:
        raise BadInputError(
            say("{text!r} is no amount in yuan.", text=text),
            remedy=say("Write digits with at most two decimals behind a point, such as 1280 or 1280.50."),
        )
    sign, whole, rest = read.groups(default="")
    amount = int(whole) * 100 + int(rest.ljust(2, "0"))
    return -amount if sign else amount


def money(amount_fen: int, currency: str) -> str:
    """Whole fen as people write them."""
    sign, whole, rest = "−" if amount_fen < 0 else "", *divmod(abs(amount_fen), 100)
    return f"{sign}{'¥' if currency == 'CNY' else f'{currency} '}{whole:,}.{rest:02d}"
