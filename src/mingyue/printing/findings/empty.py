"""Layers with nothing: what comes above them begins in the resin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mingyue.phrases import say
from mingyue.printing.findings.finding import Finding, finding
from mingyue.printing.findings.setting import Setting


def tell_empty_layers(lit_px: Sequence[int], setting: Setting) -> Iterator[Finding]:
    """Stretches of layers of which no pixel is at least half covered. lit_px: pixels of each layer."""
    is_empty = np.array([count == 0 for count in lit_px], dtype=np.int8)
    edges = np.diff(is_empty, prepend=0, append=0)
    for first, after in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
        at_top = after == len(is_empty)
        whole = (0, 0, setting.canvas.rows, setting.canvas.columns)
        yield finding(
            "empty_layer",
            "risk" if at_top and first > 0 else "fails",
            layers=(int(first), int(after) - 1),
            box_um=setting.box_um(whole, int(first), int(after) - 1),
            measured=float(after - first),
            limit=1.0,
            unit="",
            message=say("{count} layers print nothing", count=int(after - first)),
        )
