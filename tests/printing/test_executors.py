"""The package is the same whoever makes its blocks, and each block is light to send."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mingyue.cli.choices import sample_part
from mingyue.printing import chain
from mingyue.printing.chain import BuildSettings
from mingyue.printing.formats.parts import Part
from mingyue.printing.meshes import InsideOutError, Mesh, joined
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from tests.solids import ball, box

SETTINGS = BuildSettings(
    machine=machine("s230"), resin=resin("pr48-385"), layer_um=2.0, field_px=(256, 256), overlap_px=16
)


class Courier(Executor):
    """Sends each task away and back as bytes, and notes how many they were."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        sent = pickle.dumps((fn, args, kwargs))
        self.sizes.append(len(sent))
        fn, args, kwargs = pickle.loads(sent)
        done: Future[Any] = Future()
        done.set_result(pickle.loads(pickle.dumps(fn(*args, **kwargs))))
        return done


def part_of(mesh: Mesh) -> Part:
    return Part(mesh=mesh, format="sample", unit="um", unit_is_from_file=True, sha256="0" * 64, name="part", notes=())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("built") / "job.zip"
    chain.build(sample_part("connector_comb"), SETTINGS, package=path)
    return path.read_bytes()


@pytest.mark.parametrize(
    "executor",
    [
        lambda: ThreadPoolExecutor(3),
        lambda: ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")),
        Courier,
    ],
    ids=["threads", "processes", "courier"],
)
@pytest.mark.parametrize("blocks_ahead", [1, 5])
def test_the_package_is_the_same_to_the_byte(
    built: bytes, executor: Callable[[], Executor], blocks_ahead: int, tmp_path: Path
) -> None:
    with executor() as hired:
        chain.build(
            sample_part("connector_comb"),
            SETTINGS,
            package=tmp_path / "job.zip",
            executor=hired,
            blocks_ahead=blocks_ahead,
        )

    assert (tmp_path / "job.zip").read_bytes() == built


def test_a_block_carries_only_what_its_layers_cut(tmp_path: Path) -> None:
    part = part_of(ball(radius_um=200, centre_um=(0, 0, 200), rings=100))
    whole = part.mesh.triangles.size * 3 * 8  # three corners a triangle, three numbers a corner
    courier = Courier()

    chain.build(part, SETTINGS, package=tmp_path / "job.zip", executor=courier)

    assert len(courier.sizes) == 13  # 200 layers in blocks of 16
    assert max(courier.sizes) < whole / 5
    assert sum(courier.sizes) < whole * 1.6  # facets at the border of two blocks go to both


def test_an_error_in_a_process_far_away_is_the_same_error_here(tmp_path: Path) -> None:
    good, odd = box((0, 0, 0), (200, 100, 200)), box((300, 0, 0), (400, 100, 200))
    mixed = joined([good, Mesh(odd.vertices_um, np.ascontiguousarray(odd.triangles[:, ::-1]))])

    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
        pytest.raises(InsideOutError, match=r"inside out at z = 1\.00 µm") as caught,
    ):
        chain.build(part_of(mixed), SETTINGS, package=tmp_path / "job.zip", executor=pool)

    assert "repair" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []
