"""How a package's resin cures: its manifest, profiles and what people know better in; a cure and its ranges out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from mingyue.errors import BadInputError
from mingyue.phrases import Phrase, say
from mingyue.printing.curing.doses import Cure
from mingyue.printing.curing.optics import DEFAULT_SIGMA_PX, Blur, gaussian_blur, machine_blur
from mingyue.printing.curing.uncertainty import Ranges, default_ranges
from mingyue.printing.formats.manifest import Manifest
from mingyue.printing.profiles.machines import Machine, machines
from mingyue.printing.profiles.resins import Resin, resins


class CureUnknownError(BadInputError):
    """Nobody said how this resin cures in this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What somebody knows better than the package; None leaves it as the package has it."""

    machine: Machine | None = None
    resin: Resin | None = None
    irradiance_mw_cm2: float | None = None
    penetration_depth_um: float | None = None
    critical_dose_mj_cm2: float | None = None
    induction_dose_mj_cm2: float = 0.0
    blur_px: float | None = None


@dataclass(frozen=True, slots=True)
class CureChoice:
    """The cure, how far its numbers may be off, and what is worth knowing about where they come from."""

    cure: Cure
    ranges: Ranges
    notes: tuple[Phrase, ...]


def cure_of(manifest: Manifest, known: Known | None = None) -> CureChoice:
    """What is known better wins over profiles that are named, and these over the package.

    Raises CureUnknownError where the irradiance, the penetration depth or the critical dose is nowhere to be found.
    """
    known = known or Known()
    machine = known.machine or machine_of(manifest)
    resin = known.resin or resin_of(manifest)
    irradiance = _first(
        known.irradiance_mw_cm2,
        known.machine.irradiance_mw_cm2 if known.machine else None,
        manifest.machine.irradiance_mw_cm2,
    )
    depth = _first(
        known.penetration_depth_um,
        (known.resin or manifest.resin).penetration_depth_um,
    )
    dose = _first(
        known.critical_dose_mj_cm2,
        (known.resin or manifest.resin).critical_dose_mj_cm2,
    )
    if irradiance is None:
        raise CureUnknownError(
            say(
                "Nobody stated the irradiance of {machine}.",
                machine=machine.title if machine else manifest.machine.name,
            ),
            remedy=say("Measure it and give --irradiance-mw-cm2, or a --machine that states it."),
        )
    if depth is None or dose is None:
        raise CureUnknownError(
            say("Nobody stated how {resin} cures: its penetration depth or its critical dose is missing.",
                resin=resin.title if resin else manifest.resin.name),
            remedy=say("Give --penetration-depth-um and --critical-dose-mj-cm2, or a --resin that states them."),
        )  # fmt: skip
    blur, blurs, notes = _blurs(manifest, machine, resin, known.blur_px)
    cure = Cure(
        irradiance_mw_cm2=irradiance,
        penetration_depth_um=depth,
        critical_dose_mj_cm2=dose,
        blur=blur,
        induction_dose_mj_cm2=known.induction_dose_mj_cm2,
    )
    return CureChoice(cure, default_ranges(resin, blurs=blurs), notes)


def cure_for(machine: Machine, resin: Resin) -> CureChoice:
    """How a resin cures in a machine, without a package. Raises CureUnknownError as `cure_of` does; notes are empty."""
    share = default_ranges(None).of["blur"].share
    if machine.irradiance_mw_cm2 is None:
        raise CureUnknownError(
            say("Nobody stated the irradiance of {machine}.", machine=machine.title),
            remedy=say("Measure it and give --irradiance-mw-cm2, or a --machine that states it."),
        )
    if resin.critical_dose_mj_cm2 is None:
        raise CureUnknownError(
            say("Nobody stated how {resin} cures: its penetration depth or its critical dose is missing.",
                resin=resin.title),
            remedy=say("Give --penetration-depth-um and --critical-dose-mj-cm2, or a --resin that states them."),
        )  # fmt: skip
    known = machine.numerical_aperture or machine.blur_sigma_um
    blur, blurs = _of_machine(machine, resin, share)[:2] if known else _spots(DEFAULT_SIGMA_PX, share)
    cure = Cure(
        irradiance_mw_cm2=machine.irradiance_mw_cm2,
        penetration_depth_um=resin.penetration_depth_um,
        critical_dose_mj_cm2=resin.critical_dose_mj_cm2,
        blur=blur,
    )
    return CureChoice(cure, default_ranges(resin, blurs=blurs), ())


def _first(*numbers: float | None) -> float | None:
    return next((number for number in numbers if number is not None), None)


def machine_of(manifest: Manifest) -> Machine | None:
    """The shipped machine of that name, if its pixels are of that size."""
    machine = machines().get(manifest.machine.name)
    return machine if machine and math.isclose(machine.pixel_um, manifest.machine.pixel_um) else None


def resin_of(manifest: Manifest) -> Resin | None:
    """The shipped resin of that name, if its numbers are still those of the package."""
    resin, of = resins().get(manifest.resin.name), manifest.resin
    same = resin and (resin.penetration_depth_um, resin.critical_dose_mj_cm2) == (
        of.penetration_depth_um, of.critical_dose_mj_cm2
    )  # fmt: skip
    return resin if same else None


def _blurs(
    manifest: Manifest, machine: Machine | None, resin: Resin | None, blur_px: float | None
) -> tuple[Blur, tuple[Blur, Blur], tuple[Phrase, ...]]:
    """The spot of a pixel, a narrower and a wider one, and a note where it is a guess."""
    share = default_ranges(None).of["blur"].share
    pitch_um = manifest.machine.pixel_um
    if blur_px is None and machine is not None and (machine.numerical_aperture or machine.blur_sigma_um):
        return _of_machine(machine, resin, share)
    sigma = DEFAULT_SIGMA_PX if blur_px is None else blur_px
    note = say(
        "Nobody measured how far a pixel of {machine} blurs; {sigma:g} pixels ({width:.2g} µm) are assumed. "
        "--blur-px says it better.",
        machine=machine.title if machine else manifest.machine.name, sigma=sigma, width=sigma * pitch_um,
    )  # fmt: skip
    notes = (note,) if blur_px is None else ()
    return *_spots(sigma, share), notes


def _spots(sigma_px: float, share: float) -> tuple[Blur, tuple[Blur, Blur]]:
    """A spot, a narrower and a wider one."""
    return gaussian_blur(sigma_px), (gaussian_blur(sigma_px * (1 - share)), gaussian_blur(sigma_px * (1 + share)))


def _of_machine(
    machine: Machine, resin: Resin | None, share: float
) -> tuple[Blur, tuple[Blur, Blur], tuple[Phrase, ...]]:
    def scaled(factor: float) -> Blur:
        """A spot so many times as wide: of a lens with an aperture so many times smaller."""
        aperture, sigma = machine.numerical_aperture, machine.blur_sigma_um
        varied = replace(
            machine,
            numerical_aperture=aperture / factor if aperture else None,
            blur_sigma_um=sigma * factor if sigma else None,
        )
        return machine_blur(varied, wavelength_nm=resin.wavelength_nm if resin else None)

    return scaled(1.0), (scaled(1 - share), scaled(1 + share)), ()
