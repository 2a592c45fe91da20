"""`mingyue build` with regions exposed apart and with a light map: what the package then shows, and what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mingyue.printing.formats.print_package import PrintPackage, open_package
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import joined
from tests.cli.conftest import Ended
from tests.solids import ball, box

Run = Callable[..., Ended]
MACHINE = ("--units", "um", "--layer-um", "5", "--exposure-s", "1", "--field-px", "64x48")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A top of 100 × 80 µm on a foot of 40 × 40 µm: 20 layers of foot, 4 of top."""
    path = tmp_path / "table.stl"
    write_stl(joined([box((30, 20, 0), (70, 60, 100)), box((0, 0, 100), (100, 80, 120))]), path, unit="um")
    return path


@pytest.fixture
def pebble(tmp_path: Path) -> Path:
    """A ball of 300 µm on fields of 64 × 48 px: 3 × 4 of them."""
    path = tmp_path / "pebble.stl"
    write_stl(ball(radius_um=150, centre_um=(0, 0, 150), rings=40), path, unit="um")
    return path


def light_map(path: Path, *, columns: int = 64, rows: int = 48) -> Path:
    """Brightest in the middle, 80 % in the corners, as a correction."""
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    Image.fromarray(np.rint(255 * (0.8 + 0.1 * (x**2 + y**2))).astype(np.uint8)).save(path)
    return path


def seen(package: PrintPackage, layer: int) -> list[tuple[int, float, NDArray[np.uint8]]]:
    """Field, seconds and picture of each flash of a layer."""
    rows, columns = package.manifest.machine.field_px[::-1]
    found = []
    for field, mask, seconds in ((e.field, e.mask, e.seconds) for e in package.manifest.layers[layer].exposures):
        with Image.open(BytesIO(package.mask_png(mask))) as image:
            picture = np.asarray(image.convert("L"))
        assert picture.shape == (rows, columns)
        found.append((field, seconds, picture))
    return found


def on_platform(package: PrintPackage, layer: int) -> NDArray[np.int64]:
    """All flashes of the first copy of a part on its canvas, added up."""
    canvas, fields = package.manifest.canvas, package.manifest.fields
    total = np.zeros((canvas.rows, canvas.columns), dtype=np.int64)
    for field, _, picture in seen(package, layer):
        if field < len(fields) // 2:
            row, column = fields[field].row_px, fields[field].column_px
            total[row : row + picture.shape[0], column : column + picture.shape[1]] += picture
    return total


def test_a_table_gets_three_masks_where_it_overhangs(mingyue: Run, table: Path) -> None:
    ended = mingyue(
        "build", table, *MACHINE, "--down-facing-s", "0.25", "--down-facing-layers", "2", "--edge-s", "0.5",
        "--edge-px", "3", "-o", "job.zip", "--json",
    )  # fmt: skip

    assert ended.code == 0
    assert ended.json["exposures"] == 24 * 2
    with open_package(Path("job.zip")) as package:
        layers = [seen(package, k) for k in range(24)]
        assert package.manifest.regions is not None
        assert package.manifest.regions.down_facing_layers == 2
        names = {mask.path for mask in package.manifest.masks}
    assert {"masks/00000-000.png", "masks/00000-000-edge.png", "masks/00020-000-down.png"} <= names
    assert [[seconds for _, seconds, _ in layer] for layer in layers] == (
        [[1.0, 0.5]] * 20 + [[1.0, 0.25]] * 2 + [[1.0, 0.5]] * 2
    )
    lit = [[int((picture > 0).sum()) for _, _, picture in layer] for layer in layers]
    assert lit[0] == [14 * 14, 20 * 20 - 14 * 14]
    assert lit[20] == lit[21] == [20 * 20, 50 * 40 - 20 * 20]  # all along the contour faces down, so there is no edge
    assert lit[23] == [44 * 34, 50 * 40 - 44 * 34]


def test_masks_of_regions_add_up_to_those_of_a_build_without_them(mingyue: Run, pebble: Path) -> None:
    overlapping = ("--overlap-px", "8", "--array", "2x1")
    mingyue("build", pebble, *MACHINE, *overlapping, "-o", "plain.zip")
    apart = ("--down-facing-s", "0.5", "--edge-s", "2", "--edge-px", "4")
    assert mingyue("build", pebble, *MACHINE, *overlapping, *apart, "-o", "apart.zip").code == 0

    with open_package(Path("plain.zip")) as plain, open_package(Path("apart.zip")) as regions:
        assert [layer.area_px for layer in plain.manifest.layers] == [
            layer.area_px for layer in regions.manifest.layers
        ]
        for layer in range(len(plain.manifest.layers)):
            np.testing.assert_array_equal(on_platform(regions, layer), on_platform(plain, layer))
            for field in {exposure.field for exposure in plain.manifest.layers[layer].exposures}:
                one, other = (package.mask(layer, field).painted().astype(int) for package in (plain, regions))
                assert np.abs(one - other).max() <= 2  # where fields overlap each region is rounded for itself
            order = [field for field, _, _ in seen(regions, layer)]
            assert order == sorted(order)  # the stage stands once for all regions of a field


def test_regions_keep_their_proportion_in_base_layers(mingyue: Run, table: Path) -> None:
    mingyue(
        "build", table, *MACHINE, "--edge-s", "0.5", "--edge-px", "3", "--base-layers", "2",
        "--base-exposure-s", "8", "-o", "job.zip",
    )  # fmt: skip

    with open_package(Path("job.zip")) as package:
        assert [[e.seconds for e in layer.exposures] for layer in package.manifest.layers[:3]] == [
            [8.0, 4.0],
            [8.0, 4.0],
            [1.0, 0.5],
        ]


def test_a_light_map_dims_each_field_alike(mingyue: Run, pebble: Path, tmp_path: Path) -> None:
    overlapping = ("--overlap-px", "8", "--array", "2x1")
    mingyue("build", pebble, *MACHINE, *overlapping, "-o", "plain.zip")
    map_png = light_map(tmp_path / "light.png")
    correction = np.asarray(Image.open(map_png)) / 255

    ended = mingyue("build", pebble, *MACHINE, *overlapping, "--light-map", map_png, "-o", "even.zip", "--json")

    said = ended.json["light_map"]
    assert said["dose_kept"] == pytest.approx(correction.min(), rel=1e-9)
    assert said["uneven_before"] > 0.2
    assert said["uneven_after"] < 0.02
    assert f"{correction.min():.1%} of the brightest's; with exposures {1 / correction.min():.3f} times" in ended.err
    with open_package(Path("plain.zip")) as plain, open_package(Path("even.zip")) as even:
        assert even.manifest.light_map is not None
        assert plain.manifest.light_map is None
        assert [layer.area_px for layer in plain.manifest.layers] == [layer.area_px for layer in even.manifest.layers]
        for layer in range(0, len(plain.manifest.layers), 7):
            for (field, _, full), (other, _, dimmed) in zip(seen(plain, layer), seen(even, layer), strict=True):
                assert field == other
                assert np.abs(full * correction - dimmed).max() < 1.7  # half a grey, and half of 1/23 of a fifth of 255


def test_inspect_says_what_is_exposed_apart_and_evened_out(mingyue: Run, table: Path, tmp_path: Path) -> None:
    mingyue(
        "build", table, *MACHINE, "--edge-s", "0.5", "--edge-px", "3", "--down-facing-s", "0.25", "-o", "job.zip",
        "--light-map", light_map(tmp_path / "light.png"), "--light-map-is", "brightness",
    )  # fmt: skip

    told, program = mingyue("inspect", "job.zip"), mingyue("inspect", "job.zip", "--json").json

    assert "0.25 s, 1 layers" in told.out
    assert "0.5 s, 3 px" in told.out
    assert "light.png, uneven by" in told.out
    assert program["regions"] == {"down_facing_s": 0.25, "down_facing_layers": 1, "edge_s": 0.5, "edge_px": 3}
    assert program["light_map"]["reading"] == "brightness"


def test_a_package_without_them_says_nothing_of_them(mingyue: Run, table: Path) -> None:
    mingyue("build", table, *MACHINE, "-o", "job.zip")

    with open_package(Path("job.zip")) as package:
        manifest = json.loads(package._zip.read("manifest.json"))
    assert {"light_map", "regions"} & manifest.keys() == set()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--edge-s", "1"), "An edge needs a width"),
        (("--down-facing-s", "0"), "An exposure of 0.0 s is none"),
        (("--light-map", "none.png"), "No such file"),
        (("--light-map", "light.png", "--binary"), "no grey"),
        (("--light-map", "light.png", "--light-map-is", "dark"), "no reading"),
        (("--light-map", "light.png", "--field-px", "64x64"), "is 64 × 48 px, the field 64 × 64 px"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(
    mingyue: Run, table: Path, options: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    light_map(tmp_path / "light.png")

    ended = mingyue("build", table, *MACHINE, *options, "-o", "job.zip")

    assert ended.code == 3
    assert message in ended.err
    assert "remedy: " in ended.err
    assert not Path("job.zip").exists()


def test_another_format_says_what_it_cannot_hold(mingyue: Run, table: Path, tmp_path: Path) -> None:
    mingyue(
        "build", table, *MACHINE, "--edge-s", "0.5", "--edge-px", "3", "-o", "job.zip",
        "--light-map", light_map(tmp_path / "light.png"),
    )  # fmt: skip

    for name, exposures, lost in (
        ("job.sl1", 24, True), ("job.goo", 24, True), ("job.nanodlp", 24, True), ("job.svg", 24, True),
        ("job.openmfd.zip", 48, False), ("job.png.zip", 48, False),
    ):  # fmt: skip
        ended = mingyue("convert", "job.zip", "-o", name)
        assert ended.code == 0
        assert ("Several exposures of one field in a layer became one." in ended.err) == lost, name
        assert ("shorter ones are shown darker" in ended.err) == lost, name
        assert "which exposures are those of edges" in ended.err
        assert "by which light map the masks were dimmed" in ended.err
        assert mingyue("inspect", name, "--json").json["exposures"] == exposures, name
    again = mingyue("convert", "job.zip", "-o", "again.job.zip", "--json")
    assert again.code == 0
    with open_package(Path("job.zip")) as first, open_package(Path("again.job.zip")) as second:
        assert second.manifest.regions == first.manifest.regions
        assert second.manifest.light_map == first.manifest.light_map
        assert second.manifest.layers == first.manifest.layers
