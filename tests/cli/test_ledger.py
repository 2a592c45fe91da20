"""The ledger on standard output is the table that the platform sent, row for row."""

from __future__ import annotations

import pytest

from mingyue.cli.ledger import print_csv


@pytest.mark.parametrize("strange", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85"])
def test_what_others_wrote_begins_no_row(strange: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_csv(f'order,reference\r\nO-1,NSFC{strange}=1+1\r\nO-2,"said,\nagain"\r\n')

    kept = strange if strange > "\xff" else "\N{REPLACEMENT CHARACTER}"  # a terminal would obey the others
    assert capsys.readouterr().out.split("\n") == [
        "order,reference", f"O-1,NSFC{kept}=1+1", 'O-2,"said,', 'again"', "",
    ]  # fmt: skip
