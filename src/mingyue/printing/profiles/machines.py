"""What exposes: pixel, field, platform and light of each machine, read from data files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mingyue.errors import BadInputError
from mingyue.phrases import Phrase, say
from mingyue.printing.profiles import sourced
from mingyue.printing.profiles.sourced import Source, Title

_NUMBERS = (
    "pixel_um",
    "field_px",
    "platform_mm",
    "layer_um",
    "irradiance_mw_cm2",
    "wavelength_nm",
    "numerical_aperture",
    "blur_sigma_um",
)


@dataclass(frozen=True)
class Machine:
    """A projection micro-stereolithography machine. What is None was not published.

    field_px: columns, rows of the projector; platform_um: x, y, z; layer_um: thinnest and thickest layer;
    irradiance_mw_cm2: at full grey, on the resin; numerical_aperture: of the lens, on the resin's side; blur_sigma_um: of
    one pixel's spot, where it was measured. verified: the numbers were measured on a machine of this kind.
    sources: for each number, where it comes from.
    """

    name: str
    title: Title
    pixel_um: float
    field_px: tuple[int, int]
    platform_um: tuple[float, float, float] | None
    layer_um: tuple[float, float] | None
    irradiance_mw_cm2: float | None
    wavelength_nm: float | None
    verified: bool
    sources: Mapping[str, Source]
    numerical_aperture: float | None = None
    blur_sigma_um: float | None = None

    @property
    def field_um(self) -> tuple[float, float]:
        """What one field covers, x and y."""
        return self.field_px[0] * self.pixel_um, self.field_px[1] * self.pixel_um

    def why_layer_unfit(self, layer_um: float) -> Phrase | None:
        """Why this machine does not print layers of that thickness, or None if it does (or nobody knows)."""
        if self.layer_um is None or self.layer_um[0] <= layer_um <= self.layer_um[1]:
            return None
        thinnest, thickest = self.layer_um
        return say(
            "{machine} prints layers of {thinnest:g} to {thickest:g} µm, not {layer:g} µm",
            machine=self.title,
            thinnest=thinnest,
            thickest=thickest,
            layer=layer_um,
        )


class MachineLimitError(BadInputError):
    """The machine cannot do what is asked of it."""


def machines(own: Path | None = None) -> dict[str, Machine]:
    """All machines by name: the shipped ones, and those of the user's own file, which win."""
    tables = sourced.shipped_tables("machines") | (sourced.read_tables(own) if own else {})
    return {name: _machine(name, table) for name, table in tables.items()}


def machine(name: str) -> Machine:
    """The machine of this name; or the only one of a .toml file, or `FILE.toml:NAME`."""
    chosen, table = sourced.choose(name, kind="machine")
    return _machine(chosen, table)


def _machine(name: str, table: sourced.Table) -> Machine:
    reading = sourced.Reading("machine", name, table)
    reading.refuse_unknown((*_NUMBERS, "verified"))
    columns, rows = reading.whole_numbers("field_px", 2)
    platform = reading.optional_numbers("platform_mm", 3)
    layers = reading.optional_numbers("layer_um", 2)
    return Machine(
        name=name,
        title=reading.title(name),
        pixel_um=reading.number("pixel_um"),
        field_px=(columns, rows),
        platform_um=(platform[0] * 1e3, platform[1] * 1e3, platform[2] * 1e3) if platform else None,
        layer_um=(layers[0], layers[1]) if layers else None,
        irradiance_mw_cm2=reading.optional_number("irradiance_mw_cm2"),
        wavelength_nm=reading.optional_number("wavelength_nm"),
        verified=bool(table.get("verified", False)),
        sources=reading.sources(_NUMBERS),
        numerical_aperture=reading.optional_number("numerical_aperture"),
        blur_sigma_um=reading.optional_number("blur_sigma_um"),
    )
