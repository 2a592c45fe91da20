"""What an organisation is called on documents: which texts there are, and why one is none. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mingyue.phrases import Phrase, say

MOST_LINES = 6  # of an address: more do not fit beside the other side's
LONGEST = {
    "legal_name": 200, "legal_name_zh": 200, "address": 300, "address_zh": 300, "tax_number": 30,
    "bank_name": 120, "bank_account": 60, "accounts_email": 254,
}  # fmt: skip
_OF_SEVERAL_LINES = ("address", "address_zh")

# GB 32100-2015, 统一社会信用代码: 18 characters of these 31, the last of which checks the others. I, O, S, V and Z are left
# out, for they are taken for digits and each other.
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE = re.compile(f"[{_LETTERS}]{{18}}")
_STEP = 3  # the weight of each character is so many times that of the one before it


def check_character(code: str) -> str:
    """The last character of a code, by the 17 before it: ISO 7064's pure system over 31 characters."""
    total = sum(_LETTERS.index(letter) * pow(_STEP, place, 31) for place, letter in enumerate(code[:17]))
    return _LETTERS[-total % 31]


def tidied(said: Mapping[str, str]) -> dict[str, str]:
    """As it is kept: no empty lines, no spaces at ends; a code of the Chinese registry in capitals."""
    kept = {name: "\n".join(filter(None, (line.strip() for line in said[name].splitlines()))) for name in said}
    if _CODE.fullmatch(kept.get("tax_number", "").upper()):
        kept["tax_number"] = kept["tax_number"].upper()
    return kept


def why_not_party(said: Mapping[str, str]) -> dict[str, Phrase]:
    """What is wrong with tidied texts, by name."""
    faults: dict[str, Phrase] = {}
    for name, text in said.items():
        if len(text) > LONGEST[name]:
            faults[name] = say("This has at most {most} characters.", most=LONGEST[name])
        elif text.count("\n") >= (MOST_LINES if name in _OF_SEVERAL_LINES else 1):
            faults[name] = (
                say("An address has at most {most} lines.", most=MOST_LINES)
                if name in _OF_SEVERAL_LINES
                else say("This is one line.")
            )
    number = said.get("tax_number", "")
    if _CODE.fullmatch(number) and check_character(number) != number[-1]:
        faults["tax_number"] = say(
            "The check character of this code (统一社会信用代码) does not fit the others: one of the 18 is mistyped."
        )
    if bool(said.get("bank_name")) != bool(said.get("bank_account")):
        faults["bank_account"] = say("A bank and its account are said together.")
    return faults
