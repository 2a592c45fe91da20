"""Packages compensated: better as somebody else computes it, the same twice, untouched where they need not be."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.independent import Assumed, Masks, Place, Verdict, read_masks, summed_up, united, verdict
from mingyue.errors import BadInputError
from mingyue.printing.chain import BuildSettings, build
from mingyue.printing.compensation import jobs, windows
from mingyue.printing.compensation.jobs import CompensationSettings, compensate
from mingyue.printing.compensation.stitched import UnevenPackageError
from mingyue.printing.formats.parts import Part
from mingyue.printing.formats.print_package import open_package
from mingyue.printing.meshes import Mesh
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from tests.printing.compensation.windows_of import CURE
from tests.solids import box

SETTINGS = CompensationSettings(cure=CURE)
ASSUMED = Assumed(irradiance_mw_cm2=33.0, depth_um=39.2, threshold_mj_cm2=12.3, sigma_px=0.36)


def joined_boxes(*boxes: tuple[tuple[float, float, float], tuple[float, float, float]]) -> Mesh:
    meshes = [box(low, high) for low, high in boxes]
    starts = np.cumsum([0, *[len(mesh.vertices_um) for mesh in meshes[:-1]]])
    return Mesh(
        np.concatenate([mesh.vertices_um for mesh in meshes]),
        np.concatenate([mesh.triangles + start for mesh, start in zip(meshes, starts, strict=True)]),
    )


# A table: two legs off the pixel grid, and a top whose underside is 150 µm above the platform.
TABLE = joined_boxes(
    ((0.0, 0.0, 0.0), (20.7, 30.0, 150.0)),
    ((79.1, 0.0, 0.0), (100.3, 30.0, 150.0)),
    ((0.0, 0.0, 150.0), (100.3, 30.0, 200.0)),
)


def a_job(path: Path, mesh: Mesh = TABLE, **settings: object) -> Path:
    part = Part(mesh, "test", "um", True, "0" * 64, "table", ())
    chosen = {"machine": machine("s230"), "resin": resin("pr48-385"), "field_px": (64, 24), **settings}
    build(part, BuildSettings(**chosen), package=path)  # type: ignore[arg-type]
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A package, and the compensated one."""
    folder = tmp_path_factory.mktemp("table")
    source = a_job(folder / "table.job.zip")
    compensate(source, folder / "bent.job.zip", SETTINGS)
    return source, folder / "bent.job.zip"


def judged(package: Path, assumed: Assumed = ASSUMED) -> Verdict:
    with open_package(package) as opened:
        canvas, placement = opened.manifest.canvas, opened.manifest.placement
    moved = TABLE.moved(np.array(placement.matrix), np.array(placement.offset_um))
    masks = read_masks(package, Place(0, 0, canvas.rows, canvas.columns))
    return summed_up([verdict(with_room(masks), assumed, united(moved.vertices_um, moved.triangles))])


def with_room(masks: Masks, pixels: int = 10) -> Masks:
    """Dark pixels around, so that all of the part is far enough from the border to count."""
    wide = np.pad(masks.seconds, ((0, 0), (pixels, pixels), (pixels, pixels)))
    (x, y), by = masks.corner_um, pixels * masks.pitch_um
    return Masks(wide, masks.bottom_um, masks.thickness_um, masks.pitch_um, (x - by, y + by))


@pytest.mark.parametrize(
    "off",
    [{}, {"irradiance": 1.1}, {"threshold": 1.1}, {"depth": 1.1}, {"depth": 0.9}, {"sigma": 1.1}],
    ids=lambda off: " ".join(f"{name} × {factor}" for name, factor in off.items()) or "as assumed",
)
def test_an_independent_evaluation_finds_at_most_half_the_deviation(
    table: tuple[Path, Path], off: dict[str, float]
) -> None:
    before, after = (judged(package, ASSUMED.times(**off)) for package in table)

    assert before.p95 > 10
    assert after.p95 < before.p95 / 2
    assert after.part_p95 < before.part_p95 / 2
    assert after.solid_p95 < before.solid_p95 / 2
    if not off:
        assert after.p95 < 0.6


def test_the_package_is_an_ordinary_one_that_says_what_was_done(table: tuple[Path, Path]) -> None:
    source, target = table

    with open_package(source) as first, open_package(target) as second:
        old, new = first.manifest, second.manifest
        assert not list(second.problems())
        assert second.preview_png() == first.preview_png()
    assert (new.fields, new.canvas, new.machine, new.resin, new.part) == (
        old.fields, old.canvas, old.machine, old.resin, old.part
    )  # fmt: skip
    assert [(layer.bottom_um, layer.thickness_um, layer.cut_um) for layer in new.layers] == [
        (layer.bottom_um, layer.thickness_um, layer.cut_um) for layer in old.layers
    ]
    seconds = {exposure.seconds for layer in old.layers for exposure in layer.exposures}
    assert {exposure.seconds for layer in new.layers for exposure in layer.exposures} == seconds
    assert old.compensated is None
    assert new.compensated is not None
    assert new.compensated.from_sha256 == jobs.sha256_of(source)
    assert new.compensated.steps == SETTINGS.steps
    assert len({mask.sha256 for mask in new.masks}) == len(new.masks)


def test_an_old_manifest_has_no_word_of_compensation(table: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(table[0]) as archive:
        assert "compensated" not in json.loads(archive.read("manifest.json"))


def test_the_same_package_comes_out_whoever_computes_it(table: tuple[Path, Path], tmp_path: Path) -> None:
    alone = CompensationSettings(cure=CURE, threads=1)

    compensate(table[0], tmp_path / "again.job.zip", alone)

    assert (tmp_path / "again.job.zip").read_bytes() == table[1].read_bytes()


def test_small_windows_make_the_masks_of_large_ones_but_for_a_few_greys(
    table: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "_LAYERS_A_SLAB", 12)
    monkeypatch.setattr(windows, "_LEAST_SIDE_PX", 16)
    monkeypatch.setattr(windows, "_VOXELS_A_WINDOW", 30_000)

    compensate(table[0], tmp_path / "tiled.job.zip", SETTINGS)

    tiled, whole = (
        read_masks(package, Place(0, 0, 24, 64)).seconds for package in (tmp_path / "tiled.job.zip", table[1])
    )
    apart = np.abs(tiled - whole) / whole.max()
    assert (apart > 0.1).mean() < 0.01
    assert judged(tmp_path / "tiled.job.zip").p95 < 0.7


def test_fields_and_copies_show_what_one_field_would(tmp_path: Path, table: tuple[Path, Path]) -> None:
    stitched = a_job(
        tmp_path / "four.job.zip", field_px=(36, 16), overlap_px=8, ramp="smooth", array=(2, 1), gap_um=50.0
    )

    compensate(stitched, tmp_path / "bent.job.zip", SETTINGS)

    with open_package(stitched) as old, open_package(tmp_path / "bent.job.zip") as new:
        assert not list(new.problems())
        copies = len(old.manifest.fields) // 2
        shown = [
            {exposure.field % copies: exposure.mask for exposure in layer.exposures if exposure.field // copies == copy}
            for layer in new.manifest.layers
            for copy in (0, 1)
        ]
        assert shown[::2] == shown[1::2]
        canvas = new.manifest.canvas
    four = read_masks(tmp_path / "bent.job.zip", Place(0, 0, canvas.rows, canvas.columns))
    assert four.seconds.sum() == pytest.approx(read_masks(table[1], Place(0, 0, 24, 64)).seconds.sum(), rel=0.02)


def test_a_part_without_voids_and_blur_stays_as_it_is(tmp_path: Path) -> None:
    source = a_job(tmp_path / "block.job.zip", box((0, 0, 0), (80.0, 40.0, 300.0)))

    done = compensate(source, tmp_path / "bent.job.zip", CompensationSettings(cure=CURE, steps=0))

    assert done.tally.thinned.darkened == 0
    greys = [read_masks(package, Place(0, 0, 24, 64)).seconds for package in (source, tmp_path / "bent.job.zip")]
    inner = (slice(None), slice(8, 16), slice(17, 47))
    assert np.array_equal(greys[0][inner], greys[1][inner])


def test_binary_and_already_compensated_packages_are_refused(table: tuple[Path, Path], tmp_path: Path) -> None:
    binary = a_job(tmp_path / "binary.job.zip", binary=True)

    for source, why in ((binary, "wholly lit or dark"), (table[1], "compensated already")):
        with pytest.raises(BadInputError, match=why):
            compensate(source, tmp_path / "bent.job.zip", SETTINGS)
    assert not (tmp_path / "bent.job.zip").exists()


def test_fields_exposed_in_another_way_are_refused(table: tuple[Path, Path], tmp_path: Path) -> None:
    def twice(manifest: dict[str, list[dict[str, list[list[float]]]]]) -> None:
        first = manifest["layers"][3]["exposures"]
        first.append([*first[0][:2], 2.0])

    with pytest.raises(UnevenPackageError, match="Layer 3"):
        compensate(rewritten(table[0], tmp_path / "twice.job.zip", twice), tmp_path / "bent.job.zip", SETTINGS)


def rewritten(source: Path, target: Path, change: Callable[..., None]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                manifest = json.loads(data)
                change(manifest)
                data = json.dumps(manifest).encode()
            new.writestr(name, data)
    return target


def test_stopping_leaves_nothing_behind(table: tuple[Path, Path], tmp_path: Path) -> None:
    class Stopped(BaseException):
        pass

    def stop(_done: int, _all: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        compensate(table[0], tmp_path / "bent.job.zip", SETTINGS, progress=stop)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", [{"steps": -1}, {"strength": 0.0}, {"strength": 1.5}, {"bulk_um": 0.0}], ids=str)
def test_settings_that_bend_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadInputError):
        CompensationSettings(cure=CURE, **wrong)  # type: ignore[arg-type]
