"""Equal things have equal digests, and nothing else has."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from mingyue.printing.digests import digest_of
from mingyue.printing.fields import field_grid
from mingyue.printing.meshes import Mesh

MESH = Mesh(np.eye(3), np.array([[0, 1, 2]]))


def test_things_made_in_different_ways_are_equal() -> None:
    grid = field_grid((300.0, 200.0), field_px=(64, 64), pitch_um=2.0, overlap_px=8)
    used = field_grid((300.0, 200.0), field_px=(64, 64), pitch_um=2.0, overlap_px=8)
    assert used.shares.sum() > 0  # which it remembers

    assert digest_of(grid) == digest_of(used)
    assert digest_of(np.arange(6).reshape(2, 3)[:, ::2]) == digest_of(np.array([[0, 2], [3, 5]]))
    assert digest_of(Mesh(np.eye(3), np.array([[0, 1, 2]]))) == digest_of(MESH)


def test_different_things_differ() -> None:
    things = [
        (),
        (None,),
        (0,),
        (0.0,),
        (-0.0,),
        (False,),
        ("",),
        ("0",),
        ((),),
        (0, 0),
        ((0, 0),),
        ((0,), 0),
        ("a", "b"),
        ("ab", ""),
        (np.zeros(2),),
        (np.zeros(2, dtype=np.int64),),
        (np.zeros((2, 1)),),
        (np.zeros(1), np.zeros(1)),
        (MESH,),
        (Mesh(np.eye(3) + 1, MESH.triangles),),
        (Mesh(MESH.vertices_um, MESH.triangles[:, ::-1]),),
    ]

    assert len({digest_of(*thing) for thing in things}) == len(things)


def test_every_process_says_the_same() -> None:
    code = (
        "import numpy as np; from mingyue.printing.meshes import Mesh; from mingyue.printing.digests import digest_of;"
        "print(digest_of('a', 1.5, Mesh(np.eye(3), np.array([[0, 1, 2]]))))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
        text=True,
    )

    assert said.stdout.strip() == digest_of("a", 1.5, MESH)


def test_what_has_no_fixed_form_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no digest"):
        digest_of({1, 2})
