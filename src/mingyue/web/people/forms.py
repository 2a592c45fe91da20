"""What people type about themselves and their organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from mingyue.web.people.models import Organisation, Role
from mingyue.web.people.viewers import SCOPES
from mingyue.web.records.forms import HouseForm
from mingyue.web.records.language import said


class SignupForm(forms.Form):
    """What allauth asks besides address and password."""

    name = forms.CharField(label=said("Your name"), max_length=100)

    def signup(self, request: HttpRequest, user: Any) -> None:
        """Nothing more: the adapter keeps the name."""


class OrganisationForm(HouseForm):
    """A new organisation."""

    name = forms.CharField(label=said("Name"), min_length=2, max_length=120)
    name_zh = forms.CharField(label=said("Name in Chinese"), max_length=120, required=False)
    kind = forms.ChoiceField(label=said("Kind"), choices=Organisation.Kind.choices)


class AboutForm(HouseForm):
    """What is told about an organisation. version: the one that was read."""

    name = forms.CharField(label=said("Name"), min_length=2, max_length=120)
    name_zh = forms.CharField(label=said("Name in Chinese"), max_length=120, required=False)
    about = forms.CharField(label=said("About"), max_length=2000, required=False, widget=forms.Textarea)
    about_zh = forms.CharField(label=said("About, in Chinese"), max_length=2000, required=False, widget=forms.Textarea)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class PartyForm(HouseForm):
    """What it is called on documents, and where it is paid. version: of the organisation that was read."""

    legal_name = forms.CharField(label=said("Registered name"), max_length=200, required=False)
    legal_name_zh = forms.CharField(label=said("Registered name in Chinese"), max_length=200, required=False)
    address = forms.CharField(
        label=said("Postal address"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    address_zh = forms.CharField(
        label=said("Postal address in Chinese"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    tax_number = forms.CharField(
        label=said("Tax registration number"), max_length=30, required=False,
        help_text=said("In China the 18 characters of 统一社会信用代码; elsewhere as it is written there."),
    )  # fmt: skip
    accounts_email = forms.EmailField(label=said("E-mail address of accounts"), required=False)
    bank_name = forms.CharField(
        label=said("Bank"), max_length=120, required=False,
        help_text=said("For organisations that operate facilities: their invoices say where to pay."),
    )  # fmt: skip
    bank_account = forms.CharField(label=said("Account number"), max_length=60, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class RolesForm(HouseForm):
    """A member's roles."""

    roles = forms.MultipleChoiceField(label=said("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple)


class InvitationForm(RolesForm):
    """Who is invited, and as what."""

    email = forms.EmailField(label=said("E-mail address"))
    field_order = ("email", "roles")


class KeyForm(HouseForm):
    """A key for a program."""

    name = forms.CharField(label=said("Name of the program"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=said("Scopes"), choices=[(scope, scope) for scope in SCOPES], widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(label=said("Days until it ends"), min_value=1, max_value=366, initial=90)
