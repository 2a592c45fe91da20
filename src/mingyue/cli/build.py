"""`mingyue build`: a part becomes a print package."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from mingyue.cli.choices import (
    SAMPLE,
    angles_choice,
    count_choice,
    ramp_choice,
    read_choice,
    reading_choice,
    size_choice,
)
from mingyue.cli.options import (
    FieldOption,
    FitOption,
    LayerOption,
    OverlapOption,
    RotateOption,
    ScaleOption,
    UnitsOption,
)
from mingyue.cli.output import AsJson, local, print_json, print_notes, print_pairs, progress_bar, tell
from mingyue.errors import BadInputError
from mingyue.files import refuse_same
from mingyue.phrases import say
from mingyue.printing import chain
from mingyue.printing.blocks import BLOCKS_AHEAD
from mingyue.printing.chain import BuildResult, BuildSettings
from mingyue.printing.formats.light_maps import LEVELS, read_light_map
from mingyue.printing.kept import Kept
from mingyue.printing.profiles.exposures import BaseLayers
from mingyue.printing.profiles.machines import machine as machine_named
from mingyue.printing.profiles.resins import resin as resin_named
from mingyue.printing.regions import RegionExposures

if TYPE_CHECKING:
    from mingyue.cli.cluster import Cluster
    from mingyue.printing.formats.parts import Part

PartArgument = Annotated[str, typer.Argument(metavar="PART", help=tell("A file (STL, OBJ, PLY, 3MF) or sample:NAME."))]


def build(
    part: PartArgument,
    machine: Annotated[
        str, typer.Option("--machine", help=tell("A machine's name, or a .toml file of your own."))
    ] = "s230",
    resin: Annotated[
        str, typer.Option("--resin", help=tell("A resin's name, or a .toml file of your own."))
    ] = "pr48-385",
    layer_um: LayerOption = 5.0,
    cusp_um: Annotated[
        float | None,
        typer.Option("--cusp-um", help=tell("Adapt layers to slopes: thinner where steps would be higher than this.")),
    ] = None,
    units: UnitsOption = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=tell("The package to write; PART.job.zip if not said."))
    ] = None,
    scale: ScaleOption = 1.0,
    fit_mm: FitOption = None,
    rotate: RotateOption = None,
    field_px: FieldOption = None,
    exposure_s: Annotated[
        float | None,
        typer.Option("--exposure-s", help=tell("Exposure of each layer; from the resin's working curve if not said.")),
    ] = None,
    base_layers: Annotated[
        int, typer.Option("--base-layers", help=tell("How many layers at the bottom have an exposure of their own."))
    ] = 0,
    base_exposure_s: Annotated[
        float | None, typer.Option("--base-exposure-s", help=tell("Exposure of each base layer."))
    ] = None,
    transition_layers: Annotated[
        int,
        typer.Option("--transition-layers", help=tell("Layers after these, over which the exposure eases off.")),
    ] = 0,
    binary: Annotated[
        bool,
        typer.Option("--binary", help=tell("Pixels are wholly lit or dark; else grey by how much of them is covered.")),
    ] = False,
    down_facing_s: Annotated[
        float | None,
        typer.Option("--down-facing-s", help=tell("Exposure of what no layer below carries, in a mask of its own.")),
    ] = None,
    down_facing_layers: Annotated[
        int, typer.Option("--down-facing-layers", help=tell("How many layers above a void count as that."))
    ] = 1,
    edge_s: Annotated[
        float | None, typer.Option("--edge-s", help=tell("Exposure along the contours, in a mask of its own."))
    ] = None,
    edge_px: Annotated[int, typer.Option("--edge-px", help=tell("How wide that edge is, in pixels."))] = 0,
    light_map: Annotated[
        Path | None,
        typer.Option(
            "--light-map", help=tell("Grey PNG of the field's light, by which masks are dimmed until it is even.")
        ),
    ] = None,
    light_map_is: Annotated[
        str,
        typer.Option(
            "--light-map-is",
            help=tell("What its greys are: correction (what a pixel is driven at) or brightness (how it shines)."),
        ),
    ] = "correction",
    light_map_levels: Annotated[
        int,
        typer.Option("--light-map-levels", help=tell("In how many steps masks are dimmed: more are finer and larger.")),
    ] = LEVELS,
    overlap_px: OverlapOption = 0,
    ramp: Annotated[
        str, typer.Option("--ramp", help=tell("How greys ramp where fields overlap: linear, smooth or none."))
    ] = "linear",
    array: Annotated[
        str | None,
        typer.Option("--array", help=tell("Columns x rows of copies, such as 10x10.")),
    ] = None,
    gap_um: Annotated[float, typer.Option("--gap-um", help=tell("Room between copies in µm."))] = 200.0,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help=tell("Keep finished blocks until the package is there, and go on from those kept.")
        ),
    ] = False,
    work: Annotated[
        str | None,
        typer.Option("--work", help=tell("Folder or s3:// address to keep them in; beside the package if not said.")),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster", help=tell("Make the blocks on the Dask cluster of this address, such as tls://host:8786.")
        ),
    ] = None,
    cluster_ca: Annotated[
        Path | None, typer.Option("--cluster-ca", help=tell("PEM file of the authority that signed its certificates."))
    ] = None,
    cluster_cert: Annotated[
        Path | None, typer.Option("--cluster-cert", help=tell("PEM file of our own certificate for it."))
    ] = None,
    cluster_key: Annotated[
        Path | None, typer.Option("--cluster-key", help=tell("PEM file of the key of our certificate."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue build PART`."""
    target = output or default_output(part)
    refuse_same(Path(part), target)
    if fit_mm is not None and scale != 1.0:
        raise BadInputError(say("--scale and --fit-mm say two different sizes."), remedy=say("Give one of the two."))
    chosen_machine, chosen_field_px = machine_named(machine), size_choice(field_px)
    settings = BuildSettings(
        machine=chosen_machine,
        resin=resin_named(resin),
        layer_um=layer_um,
        cusp_um=cusp_um,
        exposure_s=exposure_s,
        base=BaseLayers(count=base_layers, exposure_s=base_exposure_s, transition=transition_layers),
        scale=scale,
        fit_um=None if fit_mm is None else fit_mm * 1e3,
        rotate_deg=angles_choice(rotate),
        field_px=chosen_field_px,
        overlap_px=overlap_px,
        ramp=ramp_choice(ramp),
        array=count_choice(array) or (1, 1),
        gap_um=gap_um,
        binary=binary,
        regions=RegionExposures(
            down_facing_s=down_facing_s, down_facing_layers=down_facing_layers, edge_s=edge_s, edge_px=edge_px
        ),
        light_map=None
        if light_map is None
        else read_light_map(
            light_map,
            reading=reading_choice(light_map_is),
            field_px=chosen_field_px or chosen_machine.field_px,
            levels=light_map_levels,
        ),
    )
    there = _cluster_choice(cluster, cluster_ca, cluster_cert, cluster_key)
    chosen = read_choice(part, units=units, welded=False)
    with _keeping(target, work) if resume or work else nullcontext() as kept, there as machines:
        result = build_with_progress(chosen, settings, target, quiet=as_json, cluster=machines, kept=kept)
    print_notes(result.notes)
    if as_json:
        print_json(summary(result))
        return
    print_pairs(figures(result))


def _cluster_choice(
    address: str | None, authority: Path | None, certificate: Path | None, key: Path | None
) -> AbstractContextManager[Cluster | None]:
    """The cluster that is meant, not yet asked; None where none is."""
    if address is None and not (authority or certificate or key):
        return nullcontext()
    from mingyue.cli.cluster import certificates_choice, cluster_at

    certificates = certificates_choice(authority, certificate, key)
    return nullcontext() if address is None else cluster_at(address, certificates)


def default_output(part: str) -> Path:
    """`PART.job.zip` beside the file, or here for a sample."""
    if part.startswith(SAMPLE):
        return Path(f"{part.removeprefix(SAMPLE)}.job.zip")
    return Path(part).with_suffix(".job.zip")


@contextmanager
def _keeping(package: Path, work: str | None) -> Iterator[Kept]:
    """Where the blocks of this package are kept; whoever is stopped is told that they are."""
    name = f".{package.name}.work"
    kept = Kept(f"{work.rstrip('/')}/{name}" if work else str(package.parent / name))
    try:
        yield kept
    except BaseException:
        if len(kept):
            print_notes([
                say("{count} finished blocks are kept in {place}: the same command goes on from them.",
                    count=len(kept), place=kept.url)
            ])  # fmt: skip
        raise


def build_with_progress(
    part: Part,
    settings: BuildSettings,
    package: Path,
    *,
    quiet: bool,
    cluster: Cluster | None = None,
    kept: Kept | None = None,
) -> BuildResult:
    """Build, with a bar on standard error unless quiet."""
    with progress_bar(say("layers"), quiet=quiet) as bar:
        task = None if bar is None else bar.add_task("", total=None)

        def progress(done: int, all_: int) -> None:
            if bar is not None and task is not None:
                bar.update(task, completed=done, total=all_)

        return chain.build(
            part,
            settings,
            package=package,
            progress=progress,
            executor=None if cluster is None else cluster.executor,
            blocks_ahead=BLOCKS_AHEAD if cluster is None else cluster.blocks_ahead,
            kept=kept,
        )


def summary(result: BuildResult) -> dict[str, object]:
    """The figures of a build for programs."""
    return asdict(result) | {"light_map": msgspec.to_builtins(result.light_map), "peak_mib": peak_mib()}


def figures(result: BuildResult) -> dict[str, object]:
    """The figures of a build for people."""
    stages = ", ".join(f"{local(_STAGES[name])} {seconds:.2f}" for name, seconds in result.stage_seconds.items())
    reused: dict[str, object] = (
        {say("blocks gone on from"): f"{result.blocks_reused:,}"} if result.blocks_reused else {}
    )
    return {
        say("package"): f"{result.package} ({_size(result.bytes)})",
        say("layers"): f"{result.layers:,}",
        say("fields"): tell(
            "{fields} per layer at most, {masks:,} different masks", fields=result.fields, masks=result.masks
        ),
        say("pixels"): tell("{pixels:,}, of which {lit:,} get light", pixels=result.pixels, lit=result.lit_px),
        say("light area"): f"{result.light_area_mm2:,.2f} mm²",
        say("volume"): f"{result.volume_mm3:.5f} mm³",
        say("exposure"): f"{result.exposure_s:.3f} s",
        say("exposures"): f"{result.exposures:,}",
        say("time"): f"{result.seconds:.2f} s",
        say("thread seconds"): stages,
        say("peak memory"): f"{peak_mib():.0f} MiB",
    } | reused


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def peak_mib() -> float:
    """The most memory this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)  # macOS counts bytes, Linux KiB


_STAGES = {
    "prepare": say("prepare"),
    "cover": say("slice and cover"),
    "encode": say("encode"),
    "store": say("store"),
    "preview": say("preview"),
}
