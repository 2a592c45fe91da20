"""A form's fields are tied to their labels, helps and errors, whatever kind they are."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.template import engines
from django.utils.translation import override


class Sample(forms.Form):
    name = forms.CharField(
        label="Name", help_text="As on the drawing.", widget=forms.TextInput({"placeholder": "Name"})
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea({"class": "mono"}))
    unit = forms.ChoiceField(label="Unit", choices=[("mm", "mm"), ("um", "µm")])
    roles = forms.MultipleChoiceField(
        label="Roles", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="Agreed")
    version = forms.IntegerField(widget=forms.HiddenInput)


def shown(form: forms.Form, language: str = "en") -> str:
    with override(language):
        return engines["django"].from_string("{% load fields %}{% fields form %}").render({"form": form})


def control(html: str, name: str) -> str:
    found = re.search(rf'<(?:input|select|textarea)[^>]*\bname="{name}"[^>]*>', html)
    assert found
    return found[0]


@pytest.mark.parametrize("name", ["name", "note", "unit", "agreed"])
def test_a_control_has_its_label(name: str) -> None:
    html = shown(Sample())

    assert html.count(f'for="id_{name}"') == 1
    assert f'id="id_{name}"' in control(html, name)


@pytest.mark.parametrize(
    ("name", "dress"),
    [("name", "form-control"), ("note", "mono form-control"), ("unit", "form-select"), ("agreed", "form-check-input")],
)
def test_a_control_is_dressed_and_keeps_its_own_class(name: str, dress: str) -> None:
    assert f'class="{dress}"' in control(shown(Sample()), name)


def test_a_wrong_control_is_marked_and_a_right_one_is_not() -> None:
    html = shown(Sample({"note": "thin", "unit": "no"}))

    marked = {name: "is-invalid" in control(html, name) for name in ("name", "note", "unit", "agreed")}
    assert marked == {"name": True, "note": False, "unit": True, "agreed": True}


def test_help_and_errors_are_told_with_the_control() -> None:
    html = shown(Sample({}))

    assert 'aria-describedby="id_name_helptext id_name_error"' in control(html, "name")
    assert 'aria-invalid="true"' in control(html, "name")
    for place in ("id_name_helptext", "id_name_error", "id_agreed_error"):
        assert html.count(f'id="{place}"') == 1


def test_choices_are_a_group_under_one_legend() -> None:
    html = shown(Sample({"roles": ["b"]}))

    assert re.search(r"<fieldset[^>]*>\s*<legend[^>]*>Roles</legend>", html)
    assert re.findall(r'name="roles" value="(\w)" id="(\w+)"( checked)?', html) == [
        ("a", "id_roles_0", ""),
        ("b", "id_roles_1", " checked"),
    ]
    assert html.count('for="id_roles_0"') == 1


def test_only_what_may_be_left_out_is_marked() -> None:
    assert re.findall(r"(\w+) <span[^>]*>\(may be left out\)", shown(Sample())) == ["Note"]
    assert re.findall(r"(\w+) <span[^>]*>（选填）", shown(Sample(), "zh-hans")) == ["Note"]


def test_a_placeholder_does_not_repeat_the_label() -> None:
    assert "placeholder" not in control(shown(Sample()), "name")


def test_what_is_wrong_with_the_whole_or_with_hidden_fields_is_seen() -> None:
    form = Sample({"version": "x"})
    form.add_error(None, "<b>No</b>")
    html = shown(form)

    alerts = re.findall(r'role="alert">.*?<p>(.*?)</p>', html, re.DOTALL)
    assert alerts == ["&lt;b&gt;No&lt;/b&gt;", "Enter a whole number."]
    assert html.count('name="version"') == 1
