"""What customers and managers type about quotes, orders and projects. Amounts are typed in yuan and kept in fen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import Any

from django import forms

from mingyue.phrases import say
from mingyue.web.facilities.models import ServiceClass
from mingyue.web.orders.contents import lying_of
from mingyue.web.orders.models import Invoice, Order
from mingyue.web.orders.pricing.numbers import Numbers
from mingyue.web.orders.pricing.prices import INSPECTION_NAMES
from mingyue.web.orders.rules import MOST_OPTIONS
from mingyue.web.orders.templatetags.promised import yuan
from mingyue.web.parts.listing import VERDICTS
from mingyue.web.parts.models import Check
from mingyue.web.people.models import Organisation
from mingyue.web.records.forms import HouseForm
from mingyue.web.records.language import in_current_language, said

_WISHED = ("checks", "service_class_id", "tolerance_um", "quantity", "inspection")
_DIGITS = 6  # of a quantity; more is above what any tariff has a price for
_WORK = (Order.State.SCHEDULED, Order.State.MAKING, Order.State.MADE, Order.State.DELIVERED)


class YuanField(forms.DecimalField):
    """Yuan with two decimals; cleaned, it is whole fen."""

    def __init__(self, *, least: Decimal | None = Decimal(0), **kwargs: Any) -> None:
        super().__init__(max_digits=15, decimal_places=2, min_value=least, **kwargs)

    def clean(self, value: Any) -> Any:
        """Exactly, without binary fractions between."""
        yuan = super().clean(value)
        return None if yuan is None else int(yuan * 100)


def _why() -> forms.CharField:
    return forms.CharField(label=said("Why"), max_length=300, help_text=said("The customer reads it."))


class QuantitiesField(forms.CharField):
    """Whole numbers above zero, with commas or spaces between; cleaned, each once, in the order in which they were typed."""

    def clean(self, value: Any) -> Any:
        """In the digits and with the commas of either language."""
        typed = [one for one in re.split(r"[\s,;，、；]+", super().clean(value)) if one]
        if not typed or not all(one.isdecimal() and len(one) <= _DIGITS and int(one) for one in typed):
            raise forms.ValidationError(in_current_language(say("Type one quantity or several, such as 1, 5, 20.")))
        return list(dict.fromkeys(map(int, typed)))


def _several(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, widget=forms.CheckboxSelectMultiple)


class QuoteForm(HouseForm):
    """Which checks and wishes are to be options: each combination is one."""

    checks = _several(said("Ways of making it"))
    quantity = QuantitiesField(
        label=said("Quantity"), max_length=60, initial="1",
        help_text=said("Several, such as 1, 5, 20, are compared side by side; so is whatever else you choose several of."),
    )  # fmt: skip
    inspection = _several(said("Inspection"))
    tolerance_um = _several(said("Tolerance"))
    service_class_id = _several(said("Service class"))

    def __init__(
        self, *args: Any, checks: Sequence[Check], classes: Sequence[ServiceClass], numbers: Numbers, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("checks", [(str(one.pk), _way(one)) for one in checks])
        self.fields["checks"].initial = [str(one.pk) for one in sorted(checks, key=_fails)[:1]]
        self._choose("inspection", [(name, in_current_language(text)) for name, text in INSPECTION_NAMES.items()])
        widths = sorted(numbers.tolerance_per_mille, key=int, reverse=True)
        self._choose("tolerance_um", [(width, f"±{width} µm") for width in widths])
        priced = [one for one in classes if str(one.pk) in numbers.class_per_mille]
        self._choose("service_class_id", [(str(one.pk), _promise(one)) for one in priced])

    def _choose(self, field: str, choices: list[tuple[str, str]]) -> None:
        self.fields[field].choices = choices  # type: ignore[attr-defined]
        self.fields[field].initial = [name for name, _ in choices[:1]]

    def clean(self) -> dict[str, Any]:
        """Adds `options`: (check, service class, tolerance, quantity, inspection) of each."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        wished: list[list[Any]] = [said.get(name) or [] for name in _WISHED]
        if all(wished):
            options = list(product(*wished))
            if len(options) > MOST_OPTIONS:
                fault = say(
                    "This makes {count} options; a quote has at most {most}. Choose fewer.",
                    count=len(options), most=MOST_OPTIONS,
                )  # fmt: skip
                raise forms.ValidationError(in_current_language(fault))
            said["options"] = options
        return said


def _way(check: Check) -> str:
    lies = in_current_language(lying_of(check))
    verdict = in_current_language(VERDICTS[check.verdict]) if check.verdict in VERDICTS else ""
    told = [check.machine.name, check.resin.title, f"{check.layer_um:g} µm", lies, verdict]
    return " · ".join(filter(None, told))


def _fails(check: Check) -> bool:
    return check.verdict == "fails"


def _promise(service_class: ServiceClass) -> str:
    days = in_current_language(say("{days} working days", days=service_class.lead_days))
    return f"{service_class.title} · {days}"


class AdvanceForm(HouseForm):
    """How far the facility is. ahead: the steps offered, the next one first; what may be said is the service's to judge."""

    state = forms.ChoiceField(label=said("State"), choices=[(one.value, one.label) for one in _WORK])

    def __init__(self, *args: Any, ahead: Sequence[Order.State] = _WORK, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [(one.value, one.label) for one in ahead]  # type: ignore[attr-defined]


class BillForm(HouseForm):
    """An invoice over a part of the order, or over all that is left."""

    amount_fen = YuanField(
        label=said("Amount, ¥"), required=False, help_text=said("With tax. Left empty, all that is not yet billed.")
    )
    note = forms.CharField(label=said("Note"), max_length=300, required=False)


class InvoiceForm(HouseForm):
    """Something about one of an order's invoices that stand."""

    invoice = forms.ChoiceField(label=said("Invoice"))

    def __init__(self, *args: Any, invoices: Sequence[Invoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = [one for one in invoices if one.kind == Invoice.Kind.INVOICE and one.voided_at is None]
        named = [(str(one.pk), f"{one.number} · {yuan(one.total_fen)}") for one in standing]
        self.fields["invoice"].choices = named  # type: ignore[attr-defined]


class CreditForm(InvoiceForm):
    """A credit note."""

    amount_fen = YuanField(label=said("Amount, ¥"))
    why = _why()


class VoidForm(InvoiceForm):
    """An invoice that should not have been."""

    why = _why()


class PaymentForm(HouseForm):
    """Money that came."""

    amount_fen = YuanField(label=said("Amount, ¥"))
    reference = forms.CharField(label=said("The bank's reference"), max_length=100)


class RefundForm(HouseForm):
    """Money that went back."""

    amount_fen = YuanField(label=said("Amount, ¥"))
    reference = forms.CharField(label=said("The bank's reference"), max_length=100)


class WriteOffForm(HouseForm):
    """What nobody will pay."""

    amount_fen = YuanField(label=said("Amount, ¥"))
    why = _why()


class ProjectForm(HouseForm):
    """A new project. organisations: those for which the budget holder decides; the choice is shown where there is one."""

    number = forms.CharField(label=said("Number"), max_length=60)
    name = forms.CharField(label=said("Name"), max_length=120)
    budget_fen = YuanField(label=said("Budget, ¥"))

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(organisations) > 1:
            choices = [(str(one.pk), one.title) for one in organisations]
            self.fields["organisation"] = forms.ChoiceField(label=said("Organisation"), choices=choices)
            self.order_fields(["organisation"])


class BudgetForm(HouseForm):
    """More or less for a project. version: of the project that was read, so that nobody's change is lost."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    budget_fen = YuanField(label=said("Budget, ¥"))
