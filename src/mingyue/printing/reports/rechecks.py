"""A package's design is checked: what was built, with the numbers it was built with, comes in; findings go out."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

from mingyue.printing.chain import BuildSettings
from mingyue.printing.checks import CheckResult, Progress, check
from mingyue.printing.curing.cures import CureChoice, Known, machine_of, resin_of
from mingyue.printing.findings.limits import Limits
from mingyue.printing.formats.manifest import Manifest
from mingyue.printing.formats.parts import Part, part_of_mesh
from mingyue.printing.measuring.designs import Design
from mingyue.printing.profiles.machines import Machine
from mingyue.printing.profiles.resins import Resin
from mingyue.printing.profiles.sourced import Title


def check_design(
    manifest: Manifest,
    design: Design,
    choice: CureChoice,
    *,
    known: Known,
    part: Part | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> CheckResult | None:
    """What `check` finds in the part as its package places it; None where only the masks are known.

    choice: how it cures, as for the prediction; known: what it was chosen by; part: as it was read, which knows its unit.
    All layers count as the thickest one, and as exposed for as long as most are. Places are in the build frame.
    """
    if design.mesh is None:
        return None
    placed = (
        replace(part, mesh=design.mesh)
        if part is not None
        else part_of_mesh(design.mesh, name=manifest.part.name, made_as="sample")
    )
    return check(placed, _settings(manifest, choice, known), limits=limits, progress=progress)


def _settings(manifest: Manifest, choice: CureChoice, known: Known) -> BuildSettings:
    """As it was built, but with what is known better: pixels and fields are those of the masks."""
    longest_s = [max(shown.seconds for shown in layer.exposures) for layer in manifest.layers if layer.exposures]
    return BuildSettings(
        machine=_machine(manifest, choice, known),
        resin=_resin(manifest, choice, known),
        layer_um=max(layer.thickness_um for layer in manifest.layers),
        exposure_s=median(longest_s) if longest_s else None,
        field_px=manifest.machine.field_px,
        overlap_px=manifest.stitching.overlap_px,
    )


def _machine(manifest: Manifest, choice: CureChoice, known: Known) -> Machine:
    of = manifest.machine
    machine = replace(
        known.machine or machine_of(manifest) or _unheard_of(manifest),
        pixel_um=of.pixel_um,
        field_px=of.field_px,
        irradiance_mw_cm2=choice.cure.irradiance_mw_cm2,
    )
    if known.blur_px is None:
        return machine
    return replace(machine, numerical_aperture=None, blur_sigma_um=known.blur_px * of.pixel_um)


def _unheard_of(manifest: Manifest) -> Machine:
    """A machine of which only the package speaks."""
    of = manifest.machine
    title = Title(of.name, of.name)
    return Machine(of.name, title, of.pixel_um, of.field_px, None, None, None, None, of.verified, {})


def _resin(manifest: Manifest, choice: CureChoice, known: Known) -> Resin:
    cure, name = choice.cure, manifest.resin.name
    unheard_of = Resin(name, Title(name, name), None, cure.penetration_depth_um, None, None, None, {})
    return replace(
        known.resin or resin_of(manifest) or unheard_of,
        penetration_depth_um=cure.penetration_depth_um,
        critical_dose_mj_cm2=cure.critical_dose_mj_cm2,
    )
