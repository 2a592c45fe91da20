"""The lines of a quote as a manager changes them: for each its amount before tax, and why it is another one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from mingyue.web.orders.contents import Change
from mingyue.web.orders.pages.forms import YuanField
from mingyue.web.records.forms import HouseForm
from mingyue.web.records.language import said

Json = dict[str, Any]


class ReplaceForm(HouseForm):
    """Fields are named after option and line. A line changes where its amount is another than the quote's."""

    def __init__(self, *args: Any, content: Json, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._content = content
        for option, line, told in self._lines():
            # A rebate is a line below zero.
            self.fields[_amount(option, line)] = YuanField(
                label=said("New amount, ¥"), least=None, initial=Decimal(told["amount_fen"]).scaleb(-2)
            )
            self.fields[_why(option, line)] = forms.CharField(
                label=said("Why, where it changes"), max_length=300, required=False
            )

    def _lines(self) -> Iterator[tuple[int, int, Json]]:
        for option, told in enumerate(self._content["options"]):
            for line, each in enumerate(told["lines"]):
                yield option, line, each

    @property
    def options(self) -> Iterator[tuple[Json, list[tuple[Json, BoundField, BoundField]]]]:
        """Each option, with its lines and their two fields."""
        for option, told in enumerate(self._content["options"]):
            lines = enumerate(told["lines"])
            yield told, [(each, self[_amount(option, line)], self[_why(option, line)]) for line, each in lines]

    def clean(self) -> Json:
        """A change says why, beside its line."""
        cleaned = super().clean() or {}
        for option, line, told in self._lines():
            amount_fen = cleaned.get(_amount(option, line))
            changes = amount_fen is not None and amount_fen != told["amount_fen"]
            if changes and not cleaned.get(_why(option, line), "").strip():
                self.add_error(_why(option, line), said("Say why the line changes; the customer reads it."))
        return cleaned

    def changes(self) -> list[Change]:
        """What is another than the quote says; once the form is valid."""
        told = [(option, line, each["amount_fen"]) for option, line, each in self._lines()]
        return [
            Change(option, line, self.cleaned_data[_amount(option, line)], self.cleaned_data[_why(option, line)])
            for option, line, before_fen in told
            if self.cleaned_data[_amount(option, line)] != before_fen
        ]


def _amount(option: int, line: int) -> str:
    return f"amount_{option}_{line}"


def _why(option: int, line: int) -> str:
    return f"why_{option}_{line}"
