"""Meshes written as 3MF come back as they were, whoever reads them."""

from __future__ import annotations

from pathlib import Path

import lib3mf
import numpy as np
import pytest

from mingyue.errors import BadInputError
from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.threemf import read_3mf
from mingyue.printing.formats.threemf_writing import write_3mf
from mingyue.printing.meshes import Mesh, joined
from tests.solids import ball, box

BLOCK, BALL = box((-100.25, 0, 0), (50, 60.125, 70)), ball(radius_um=33.3, centre_um=(5, 6, 100), rings=5)
NONE = Mesh(np.empty((0, 3)), np.empty((0, 3), dtype=np.int64))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_3mf({"part": BLOCK, "nothing": NONE, "supports & feet": BALL}, tmp_path / "both.3mf")

    found = read_3mf(tmp_path / "both.3mf", limits=ReadLimits())

    both = joined([BLOCK, BALL])
    np.testing.assert_allclose(found.mesh.vertices_um, both.vertices_um, atol=1e-4)
    assert np.array_equal(found.mesh.triangles, both.triangles)
    assert (found.unit, found.notes) == ("um", ())


def test_each_mesh_is_an_object_of_its_name(tmp_path: Path) -> None:
    write_3mf({"part": BLOCK, "supports": BALL}, tmp_path / "both.3mf")

    model = lib3mf.get_wrapper().CreateModel()
    reader = model.QueryReader("3mf")
    reader.SetStrictModeActive(True)
    reader.ReadFromFile(str(tmp_path / "both.3mf"))
    objects = model.GetMeshObjects()
    found = {}
    while objects.MoveNext():
        found[objects.GetCurrentMeshObject().GetName()] = objects.GetCurrentMeshObject().GetTriangleCount()
    assert reader.GetWarningCount() == 0
    assert found == {"part": 12, "supports": len(BALL.triangles)}


def test_equal_meshes_give_equal_files(tmp_path: Path) -> None:
    for name in ("one.3mf", "other.3mf"):
        write_3mf({"part": BLOCK}, tmp_path / name)

    assert (tmp_path / "one.3mf").read_bytes() == (tmp_path / "other.3mf").read_bytes()


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be written"):
        write_3mf({"part": BLOCK}, tmp_path / "none" / "part.3mf")
