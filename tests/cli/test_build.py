"""`mingyue build` and `mingyue inspect`: a part becomes a package, or a clear reason why not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mingyue.printing.formats.print_package import open_package
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.meshes import Mesh
from tests.cli.conftest import Ended
from tests.solids import box

Run = Callable[..., Ended]


@pytest.fixture
def plate(tmp_path: Path) -> Path:
    """200 × 101 × 12 µm."""
    path = tmp_path / "plate.stl"
    write_stl(box((0, 0, 0), (200.0, 101.0, 12.0)), path, unit="mm")
    return path


def test_a_box_becomes_a_package_of_exactly_its_volume(mingyue: Run, plate: Path) -> None:
    ended = mingyue("build", plate, "--units", "mm", "--json")

    assert ended.code == 0
    made = ended.json
    assert Path(made["package"]) == plate.with_suffix(".job.zip")
    assert (made["layers"], made["fields"]) == (3, 1)  # 12 µm in layers of 5: the last one is printed whole
    assert made["volume_mm3"] == pytest.approx(200 * 101 * 15 / 1e9, rel=1e-3)
    assert made["seconds"] > 0
    assert made["peak_mib"] > 0
    with open_package(Path(made["package"])) as package:
        assert package.manifest.layers[2].cut_um == pytest.approx(11.0, abs=1e-3)
        layer = package.mask(0, 0).painted()
    lit_rows, lit_columns = np.nonzero(layer)
    assert (np.ptp(lit_columns) + 1, np.ptp(lit_rows) + 1) == (
        100,
        51 + 1,
    )  # 101 µm are 50.5 px, centred: half a pixel… each side
    assert sorted(set(layer[layer > 0].tolist())) == [64, 255]


def test_the_same_part_gives_the_same_bytes(mingyue: Run, plate: Path) -> None:
    for name in ("one.zip", "two.zip"):
        assert mingyue("build", plate, "--units", "mm", "-o", name).code == 0

    assert Path("one.zip").read_bytes() == Path("two.zip").read_bytes()


def test_binary_masks_hold_no_grey(mingyue: Run, plate: Path) -> None:
    mingyue("build", plate, "--units", "mm", "--binary", "-o", "job.zip")

    with open_package(Path("job.zip")) as package:
        assert package.manifest.grey == "binary"
        assert set(package.mask(0, 0).values.tolist()) == {255}


def test_a_part_is_scaled_turned_and_split_into_fields(mingyue: Run, plate: Path) -> None:
    ended = mingyue(
        "build", plate, "--units", "mm", "--fit-mm", "0.4", "--rotate", "90", "--field-px", "64x64", "--json"
    )

    made = ended.json
    with open_package(Path(made["package"])) as package:
        x, y, z = package.manifest.part.size_um
    assert (x, y, z) == pytest.approx((202.0, 400.0, 24.0), rel=1e-4)
    assert made["fields"] == 2 * 4  # 101 × 200 px in fields of 64


@pytest.mark.parametrize(
    ("arguments", "code", "says", "remedy"),
    [
        ([], 5, "mm", "--units"),
        (["--units", "parsec"], 3, "parsec", "mm"),
        (["--units", "mm", "--machine", "s999"], 3, "s999", "s230"),
        (["--units", "mm", "--resin", "honey"], 3, "honey", "pr48-385"),
        (["--units", "mm", "--layer-um", "500"], 3, "500 µm", "--layer-um"),
        (["--units", "m"], 3, "platform", "--units"),
        (["--units", "mm", "--scale", "0"], 3, "scale", "above 0"),
        (["--units", "mm", "--rotate", "x"], 3, "'x'", "90,0,45"),
        (["--units", "mm", "--field-px", "12"], 3, "'12'", "1920x1080"),
        (["--units", "mm", "--exposure-s", "-1"], 3, "-1", "--exposure-s"),
        (["--units", "mm", "--resin", "pegda-nps2-365"], 3, "critical dose", "--exposure-s"),
        (["--units", "mm", "-o", "plate.stl/job.zip"], 3, "cannot be written", "-o"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_remedy(
    mingyue: Run, plate: Path, arguments: list[str], code: int, says: str, remedy: str
) -> None:
    before = sorted(Path().iterdir())

    ended = mingyue("build", plate, *arguments)

    assert ended.code == code
    assert ended.out == ""
    error, advice = ended.err.split("remedy:")
    assert says in error
    assert remedy in advice
    assert sorted(Path().iterdir()) == before


def test_an_open_part_is_refused_and_a_repaired_one_is_built(mingyue: Run, tmp_path: Path) -> None:
    closed = box((0, 0, 0), (200.0, 100.0, 10.0))
    write_stl(Mesh(closed.vertices_um, closed.triangles[1:]), tmp_path / "open.stl", unit="mm")

    refused = mingyue("build", "open.stl", "--units", "mm")
    looked_at = mingyue("inspect", "open.stl", "--units", "mm", "--json")
    mended = mingyue("repair", "open.stl", "--units", "mm", "-o", "closed.stl", "--json")
    built = mingyue("build", "closed.stl", "--units", "mm", "--json")

    assert refused.code == 3
    assert "repair" in refused.err
    assert looked_at.json["open_edges"]["count"] == 3
    assert not looked_at.json["sliceable"]
    assert mended.json["changes"]
    assert built.json["volume_mm3"] == pytest.approx(200 * 100 * 10 / 1e9, rel=1e-3)


def test_an_inside_out_part_is_refused(mingyue: Run, tmp_path: Path) -> None:
    closed = box((0, 0, 0), (200.0, 100.0, 10.0))
    write_stl(Mesh(closed.vertices_um, closed.triangles[:, ::-1]), tmp_path / "odd.stl", unit="mm")

    refused = mingyue("build", "odd.stl", "--units", "mm")

    assert refused.code == 3
    assert "inside out" in refused.err
    assert "repair" in refused.err


def test_a_body_that_is_inside_out_beside_a_good_one_is_refused(mingyue: Run, tmp_path: Path) -> None:
    good, odd = box((0, 0, 0), (200, 100, 50)), box((300, 0, 0), (400, 100, 50))
    both = Mesh(np.vstack([good.vertices_um, odd.vertices_um]), np.vstack([good.triangles, odd.triangles[:, ::-1] + 8]))
    write_stl(both, tmp_path / "odd.stl", unit="mm")

    refused = mingyue("build", "odd.stl", "--units", "mm")

    assert refused.code == 3
    assert "inside out at z = 2.50 µm" in refused.err
    assert [path.name for path in tmp_path.iterdir()] == ["odd.stl"]


def test_an_empty_place_in_between_is_dark_and_skipped(mingyue: Run, tmp_path: Path) -> None:
    low, high = box((0, 0, 0), (100.0, 100.0, 10.0)), box((0, 0, 0), (100.0, 100.0, 10.0))
    both = Mesh(
        np.vstack([low.vertices_um, high.vertices_um + np.array([0, 0, 20])]),
        np.vstack([low.triangles, high.triangles + 8]),
    )
    write_stl(both, tmp_path / "gap.stl", unit="mm")

    mingyue("build", "gap.stl", "--units", "mm", "-o", "job.zip")

    with open_package(Path("job.zip")) as package:
        assert [len(layer.exposures) for layer in package.manifest.layers] == [1, 1, 0, 0, 1, 1]
        assert len(package.manifest.masks) == 1  # all of them are the same picture


def test_inspect_draws_a_layer_and_finds_a_changed_package(mingyue: Run, plate: Path) -> None:
    mingyue("build", plate, "--units", "mm", "-o", "job.zip")

    whole = mingyue("inspect", "job.zip", "--layer", "1", "--picture", "layer.png")
    data = bytearray(Path("job.zip").read_bytes())
    at = data.find(b"IDAT") + 12
    data[at] ^= 0xFF
    Path("job.zip").write_bytes(data)
    changed = mingyue("inspect", "job.zip", "--json")

    assert whole.code == 0
    assert "█" in whole.out
    with Image.open("layer.png") as image:
        assert image.getextrema() == (0, 255)
    assert changed.code == 6
    assert changed.json["whole"] is False
    assert changed.json["problems"]


def test_a_layer_that_is_not_there_is_refused(mingyue: Run, plate: Path) -> None:
    mingyue("build", plate, "--units", "mm", "-o", "job.zip")

    ended = mingyue("inspect", "job.zip", "--layer", "3")

    assert ended.code == 3
    assert "0 to 2" in ended.err


def test_an_own_machine_and_resin_are_used(mingyue: Run, plate: Path) -> None:
    Path("mine.toml").write_text("[mine]\npixel_um = 4\nfield_px = [64, 64]\nirradiance_mw_cm2 = 100\n")
    Path("soup.toml").write_text("[soup]\npenetration_depth_um = 10\ncritical_dose_mj_cm2 = 5\n")

    made = mingyue("build", plate, "--units", "mm", "--machine", "mine.toml", "--resin", "soup.toml", "--json").json

    assert made["exposure_s"] == pytest.approx(5 * np.e / 100)  # two layers of 5 µm are one penetration depth
    assert made["fields"] == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_no_half_file(tmp_path: Path, number: signal.Signals) -> None:
    build = [
        sys.executable,
        "-m",
        "mingyue",
        "build",
        "sample:birds_nest",
        "--layer-um",
        "1",
        "-o",
        "job.zip",
    ]
    process = subprocess.Popen(build, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    while not list(tmp_path.glob(".job.zip.*.part")):
        assert process.poll() is None, process.stderr
        time.sleep(0.02)

    process.send_signal(number)
    _, err = process.communicate()

    assert process.returncode == 128 + number
    assert "stopped" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_json_is_alone_on_standard_output_and_notes_go_elsewhere(plate: Path) -> None:
    build = [sys.executable, "-m", "mingyue", "build", str(plate), "--units", "mm", "--json"]

    done = subprocess.run(build, capture_output=True, text=True, check=True)

    assert {"layers", "fields", "volume_mm3", "seconds", "peak_mib", "package"} <= set(json.loads(done.stdout))
    assert "unverified" in done.stderr


def test_fields_overlap_and_copies_are_stored_once(mingyue: Run, plate: Path) -> None:
    one = mingyue(
        "build", plate, "--units", "mm", "--field-px", "64x64", "--overlap-px", "8", "-o", "one.zip", "--json"
    ).json
    many = mingyue(
        "build", plate, "--units", "mm", "--field-px", "64x64", "--overlap-px", "8", "--array", "3x2", "-o", "six.zip",
        "--json",
    ).json  # fmt: skip

    assert (one["fields"], many["fields"]) == (2, 12)
    assert many["masks"] == one["masks"]
    assert many["volume_mm3"] == pytest.approx(6 * one["volume_mm3"])
    with open_package(Path("six.zip")) as package:
        manifest = package.manifest
        assert (manifest.stitching.overlap_px, manifest.stitching.ramp) == (8, "linear")
        assert [exposure.field for exposure in manifest.layers[0].exposures] == list(range(12))
        xs, ys = zip(*(field.offset_um for field in manifest.fields), strict=True)
    # Copies of 200 × 101 µm, 200 µm apart, on whole pixels of 2 µm: pitches of 400 and 302 µm.
    assert sorted({round(x - (-56.0 if k % 2 == 0 else 56.0)) for k, x in enumerate(xs)}) == [-400, 0, 400]
    assert sorted({round(y) for y in ys}) == [-151, 151]


def test_copies_that_do_not_fit_are_refused(mingyue: Run, plate: Path) -> None:
    ended = mingyue("build", plate, "--units", "mm", "--array", "200x1")

    assert ended.code == 3
    assert "with its copies" in ended.err
    assert "--array" in ended.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["build", "plate.stl", "--units", "mm", "-o", "plate.stl"], "over itself"),
        (["repair", "plate.stl", "--units", "mm", "-o", "plate.stl"], "over itself"),
        (["build", "plate.stl", "--units", "mm", "-o", "pipe"], "device or a pipe"),
        (["repair", "plate.stl", "--units", "mm", "-o", "pipe"], "device or a pipe"),
        (["samples", "connector_comb", "-o", "pipe"], "device or a pipe"),
        (["build", "plate.stl", "--units", "mm", "-o", "nowhere/job.zip"], "nowhere is not there"),
        (["samples", "connector_comb", "-o", "nowhere/x.stl"], "nowhere is not there"),
        (["inspect", "plate.stl", "--units", "mm", "--picture", "nowhere/x.png"], "nowhere is not there"),
        (["build", "plate.stl", "--units", "mm", "-o", "."], "no name of a file"),
        (["build", "plate.stl", "--units", "mm", "-o", "folder"], "cannot be written"),
        (["build", "plate.stl", "--units", "mm", "--scale", "2", "--fit-mm", "1"], "two different sizes"),
        (["build", "plate.stl", "--units", "mm", "--exposure-s", "inf"], "inf s is none"),
        (["build", "plate.stl", "--units", "mm", "--fit-mm", "1e-6"], "Nothing of the part would be printed"),
        (["inspect", "pipe"], "pipe"),
        (["machines", "--file", "pipe"], "no ordinary file"),
    ],
)
def test_nothing_but_an_ordinary_file_is_read_or_written(
    mingyue: Run, plate: Path, arguments: list[str], says: str
) -> None:
    os.mkfifo("pipe")
    Path("folder").mkdir()
    (Path("folder") / "kept").write_text("kept")
    before = plate.read_bytes()

    ended = mingyue(*arguments)

    assert ended.code == 3
    assert says in ended.err.replace("\n", " ")
    assert plate.read_bytes() == before
    assert sorted(path.name for path in Path().iterdir()) == ["folder", "pipe", "plate.stl"]
    assert Path("pipe").is_fifo()


def test_a_full_disk_leaves_nothing_behind(plate: Path) -> None:
    # A file may grow to 100 kB only, so the package breaks off in the middle.
    build = f"ulimit -f 100; exec {sys.executable} -m mingyue build sample:birds_nest -o job.zip"

    done = subprocess.run(["bash", "-c", build], cwd=plate.parent, capture_output=True, text=True, check=False)

    assert done.returncode == 3, done.stderr
    assert "cannot be written" in done.stderr
    assert [path.name for path in plate.parent.iterdir()] == ["plate.stl"]


def test_a_package_is_no_part(mingyue: Run, plate: Path) -> None:
    mingyue("build", plate, "--units", "mm", "-o", "job.zip")

    ended = mingyue("build", "job.zip")

    assert ended.code == 3
    assert "is a print package" in ended.err


def test_the_version_is_said(mingyue: Run) -> None:
    ended = mingyue("--version")

    assert ended.code == 0
    assert ended.out.startswith("mingyue 0.")
    assert mingyue().code == 2


def test_a_part_that_is_given_as_slices_is_built_slice_by_slice(mingyue: Run, data_dir: Path) -> None:
    part = data_dir / "parts" / "torus_sliced.3mf"

    ended = mingyue(
        "build", part, "--machine", "s240", "--layer-um", "40", "--exposure-s", "1", "-o", "job.zip", "--json"
    )

    assert ended.code == 0
    assert ended.json["layers"] == 2 * 49  # 49 slices of 80 µm that are not empty
    assert "is given as 50 slices of 80 to 80 µm" in ended.err
    with open_package(Path("job.zip")) as package:
        middle = [package.mask(layer, 4).painted().astype(int) for layer in range(2 * 49)]
    for lower, upper in zip(middle[::2], middle[1::2], strict=True):
        assert np.abs(upper - lower).max() <= 1  # a wall's diagonal is rounded to 1/65536 px, and a tie goes either way
    assert sum(not np.array_equal(lower, upper) for lower, upper in zip(middle[1:-1:2], middle[2::2], strict=True)) > 40
    assert mingyue("inspect", part, "--json").json["sliceable"]
