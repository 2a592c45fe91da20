"""What is typed about resins, batches and recipes."""

from __future__ import annotations

from typing import Any

from django import forms

from mingyue.web.facilities.bridge import profiles as machine_profiles
from mingyue.web.materials.bridge import profiles as resin_profiles
from mingyue.web.materials.models import Recipe
from mingyue.web.people.models import Organisation
from mingyue.web.records.forms import HouseForm
from mingyue.web.records.language import current_language, said


class ResinForm(HouseForm):
    """A resin to be offered."""

    profile = forms.ChoiceField(label=said("Resin"))
    name = forms.CharField(label=said("Name"), max_length=80)
    name_zh = forms.CharField(label=said("Name in Chinese"), max_length=80, required=False)
    about = forms.CharField(label=said("About"), max_length=400, required=False)
    about_zh = forms.CharField(label=said("About, in Chinese"), max_length=400, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["profile"].choices = _named(resin_profiles())  # type: ignore[attr-defined]


class BatchForm(HouseForm):
    """A bottle on the shelf."""

    number = forms.CharField(label=said("Number of the batch"), max_length=60)
    volume_ml = forms.IntegerField(label=said("Volume, ml"), min_value=1, max_value=1_000_000)
    made_on = forms.DateField(label=said("Made on"), widget=forms.DateInput(attrs={"type": "date"}))
    expires_on = forms.DateField(label=said("Expires on"), widget=forms.DateInput(attrs={"type": "date"}))


class NumbersForm(HouseForm):
    """What a version of a recipe says."""

    layer_um = forms.FloatField(label=said("Layer, µm"), min_value=0.1, max_value=1000)
    exposure_s = forms.FloatField(label=said("Exposure, s"), min_value=0.001, max_value=600)
    irradiance_mw_cm2 = forms.FloatField(label=said("Irradiance, mW/cm²"), min_value=0.001, max_value=10_000)
    why = forms.CharField(label=said("Why these numbers"), max_length=300)


class RecipeForm(NumbersForm):
    """A new recipe with its first version."""

    organisation = forms.ModelChoiceField(label=said("Organisation"), queryset=Organisation.objects.none())
    name = forms.CharField(label=said("Name"), max_length=100)
    machine_profile = forms.ChoiceField(label=said("Class of machine"))
    resin_profile = forms.ChoiceField(label=said("Resin"))
    field_order = ("organisation", "name", "machine_profile", "resin_profile")

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["machine_profile"].choices = _named(machine_profiles())  # type: ignore[attr-defined]
        self.fields["resin_profile"].choices = _named(resin_profiles())  # type: ignore[attr-defined]


class ShareForm(HouseForm):
    """Who may read a recipe."""

    share = forms.ChoiceField(label=said("Shared with"), choices=Recipe.Share.choices)
    readers = forms.ModelMultipleChoiceField(
        label=said("Chosen organisations"), queryset=Organisation.objects.order_by("name"), required=False
    )


def _named(profiles: Any) -> list[tuple[str, str]]:
    zh = current_language() == "zh"
    return [(name, one.title.zh if zh else one.title.en) for name, one in profiles.items()]
