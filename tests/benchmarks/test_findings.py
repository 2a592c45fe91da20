"""Both sides of the benchmark of the check do the same work: islands and closed voids, on runs and on bitmaps."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from benchmarks.findings import rules_on_bitmaps, rules_on_runs
from mingyue.printing.runs import from_picture

blocks = hnp.array_shapes(min_dims=3, max_dims=3, min_side=2, max_side=7).flatmap(
    lambda shape: hnp.arrays(np.uint8, shape, elements=st.sampled_from([0, 255, 255]))
)


@given(blocks)
def test_runs_and_bitmaps_find_as_many(block: NDArray[np.uint8]) -> None:
    assert rules_on_runs([from_picture(layer) for layer in block]) == rules_on_bitmaps(list(block))
