"""A print package in, a compensated one out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mingyue import __version__
from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.compensation.bending import Bending
from mingyue.printing.compensation.passes import Progress, bent_layers
from mingyue.printing.compensation.spots import spot_of
from mingyue.printing.compensation.stitched import Stitched, stitched
from mingyue.printing.compensation.tallies import Tally
from mingyue.printing.curing.doses import Cure
from mingyue.printing.formats.archives import sha256_of
from mingyue.printing.formats.manifest import CompensatedOf, ExposureOf, LayerOf, Manifest
from mingyue.printing.formats.png import encode_png
from mingyue.printing.formats.print_package import PackageWriter, PrintPackage, open_package
from mingyue.printing.runs import Runs

# A first pass that runs out of these finds nothing more that one would see.
DEFAULT_STEPS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationSettings:
    """steps: of the optimisation at most, 0 leaves it out; strength: 0 … 1, how much of the way is gone.

    bulk_um: no pixel gets more light than cures so deep; None: what is far from any surface stays as it is.
    threads: None takes one for each processor of this process.
    """

    cure: Cure
    steps: int = DEFAULT_STEPS
    strength: float = 1.0
    bulk_um: float | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.steps < 0 or not 0 < self.strength <= 1:
            raise BadInputError(
                say("Masks cannot be bent in {steps} steps with a strength of {strength:g}.",
                    steps=self.steps, strength=self.strength),
                remedy=say("Give --iterations of 0 or more, and a --strength above 0 and at most 1."),
            )  # fmt: skip
        if self.bulk_um is not None and not self.bulk_um > 0:
            raise BadInputError(
                say("Light that cures {depth:g} µm deep holds nothing together.", depth=self.bulk_um),
                remedy=say("Give a --bulk-um of some layers, such as 40."),
            )


@dataclass(frozen=True, slots=True)
class Compensated:
    """What was made. from_sha256: digest of the package it was made from; masks: pictures stored, equal ones once."""

    package: Path
    from_sha256: str
    layers: int
    masks: int
    bytes: int
    seconds: float
    tally: Tally


def compensate(
    source: Path, target: Path, settings: CompensationSettings, *, progress: Progress | None = None
) -> Compensated:
    """Write the package `target`, whose masks print what those of `source` show.

    Raises PackageError, BadInputError for a package that cannot be compensated, UnevenPackageError. Fields, exposures and
    layers stay as they are. An error or an interruption leaves no file behind.
    """
    began = time.perf_counter()
    digest = sha256_of(source)
    with open_package(source) as package, PackageWriter(target) as writer:
        _refuse(package.manifest)
        fields = stitched(package)
        tally = Tally()
        layers: dict[int, LayerOf] = {}
        how = Bending(
            spot=spot_of(settings.cure.blur),
            pitch_um=fields.grid.canvas.pitch_um,
            steps=settings.steps,
            strength=settings.strength,
            bulk_um=settings.bulk_um,
        )
        passes = bent_layers(fields, settings.cure, how, threads=settings.threads, tally=tally, progress=progress)
        for layer, canvas, changed in passes:
            layers[layer] = _store(writer, fields, layer, canvas) if changed else _keep(writer, fields, layer)
        manifest = _manifest(package.manifest, layers, writer, settings, digest)
        writer.finish(manifest, preview_png=package.preview_png())
    return Compensated(
        package=target,
        from_sha256=digest,
        layers=len(layers),
        masks=len(writer.masks),
        bytes=target.stat().st_size,
        seconds=time.perf_counter() - began,
        tally=tally,
    )


def _refuse(manifest: Manifest) -> None:
    if manifest.grey == "binary":
        raise BadInputError(
            say("The package's pixels are wholly lit or dark: without greys a mask moves by whole pixels only."),
            remedy=say("Build it without --binary, for a machine that shows greys."),
        )
    if manifest.light_map is not None or manifest.regions is not None:
        raise BadInputError(
            say("The package was dimmed by a light map, or has regions with an exposure of their own."),
            remedy=say("Build it without them: compensation decides on every grey itself."),
        )
    if manifest.compensated is not None:
        raise BadInputError(
            say("The package was compensated already: its masks are no longer the part's."),
            remedy=say("Compensate the package that it was made from, or build the part again."),
        )


def _store(writer: PackageWriter, fields: Stitched, layer: int, canvas: Runs) -> LayerOf:
    """Split a canvas into masks, store them, and say what the layer shows now."""
    old = fields.package.manifest.layers[layer]
    names = fields.package.manifest.fields
    shown = {
        mask.field: writer.add_mask(
            encode_png(mask.runs), name=f"{layer:05d}-{fields.copies[mask.field][0]:03d}", lit_px=mask.runs.lit_px
        )
        for mask in fields.masks(canvas)
    }
    place_of = {index: place for place, copies in enumerate(fields.copies) for index in copies}
    seconds = fields.seconds(layer)
    exposures = tuple(
        ExposureOf(index, shown[place_of[index]], seconds) for index in range(len(names)) if place_of[index] in shown
    )
    return msgspec.structs.replace(old, area_px=canvas.area_px * len(fields.copies[0]), exposures=exposures)


def _keep(writer: PackageWriter, fields: Stitched, layer: int) -> LayerOf:
    """Store the masks of a layer that stays as it is, as they are."""
    package = fields.package
    old = package.manifest.layers[layer]
    exposures = tuple(
        ExposureOf(shown.field, _copied(writer, package, shown.mask), shown.seconds) for shown in old.exposures
    )
    return msgspec.structs.replace(old, exposures=exposures)


def _copied(writer: PackageWriter, package: PrintPackage, mask: int) -> int:
    old = package.manifest.masks[mask]
    name = Path(old.path).stem
    return writer.add_mask(package.mask_png(mask), name=f"{name}-kept", lit_px=old.lit_px)


def _manifest(
    old: Manifest,
    layers: dict[int, LayerOf],
    writer: PackageWriter,
    settings: CompensationSettings,
    digest: str,
) -> Manifest:
    cure = settings.cure
    return msgspec.structs.replace(
        old,
        made_by=f"mingyue {__version__}",
        layers=tuple(layers[layer] for layer in range(len(layers))),
        masks=tuple(writer.masks),
        compensated=CompensatedOf(
            from_sha256=digest,
            steps=settings.steps,
            strength=settings.strength,
            bulk_um=settings.bulk_um,
            irradiance_mw_cm2=cure.irradiance_mw_cm2,
            penetration_depth_um=cure.penetration_depth_um,
            critical_dose_mj_cm2=cure.critical_dose_mj_cm2,
            induction_dose_mj_cm2=cure.induction_dose_mj_cm2,
        ),
    )
