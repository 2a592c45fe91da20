"""Money is typed and shown to the fen: nothing is rounded, and what is no whole fen is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.cli.amounts import fen, money
from mingyue.errors import BadInputError


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_what_is_shown_and_typed_again_is_the_same_amount(amount: int) -> None:
    shown = money(amount, "CNY").replace("−", "-").replace("¥", "").replace(",", "")

    assert fen(shown) == amount


@pytest.mark.parametrize(
    ("text", "amount"), [("0", 0), ("0.01", 1), ("1.1", 110), ("1280.50", 128_050), ("-30.05", -3_005), ("007", 700)]
)
def test_an_amount_is_read_exactly(text: str, amount: int) -> None:
    assert fen(text) == amount


@pytest.mark.parametrize(
    "text", ["", "1.", ".5", "1.005", "1,280", "1 280", "1e3", "+1", "--1", "¥5", "１", "nan", "1.5\n", "1" * 14]
)
def test_what_is_no_whole_fen_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(BadInputError, match="is no amount in yuan") as refused:
        fen(text)

    assert refused.value.remedy == "Write digits with at most two decimals behind a point, such as 1280 or 1280.50."


def test_other_currencies_are_named() -> None:
    assert money(-128_050, "EUR") == "−EUR 1,280.50"
