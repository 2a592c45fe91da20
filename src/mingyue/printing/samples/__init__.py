"""Parts made from parameters: listing them is cheap, a sample's own file is imported when it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import cast

from mingyue.phrases import say
from mingyue.printing.samples.sample import (
    Detail,
    Feature,
    Sample,
    SampleParameterError,
    UnknownSampleError,
)

__all__ = [
    "SAMPLES",
    "Detail",
    "Feature",
    "Sample",
    "SampleEntry",
    "SampleParameterError",
    "UnknownSampleError",
    "make_sample",
]


@dataclass(frozen=True, slots=True)
class SampleEntry:
    """One line about a sample, in two languages. Its maker bears its name, in the file of that name."""

    name: str
    en: str
    zh: str

    def make(self) -> Sample:
        """The sample with its default parameters."""
        module = import_module(f"{__name__}.{self.name}")
        return cast("Callable[[], Sample]", getattr(module, self.name))()


_ENTRIES = (
    SampleEntry(
        "birds_nest",
        "A woven stadium, 4 mm long, of hundreds of struts 20–60 µm thick.",
        "编织的“鸟巢”体育场，长 4 毫米，由数百根 20–60 微米的杆件组成。",
    ),
    SampleEntry(
        "gyroid",
        "A cube of gyroid lattice, 1.5 mm wide, cells of 0.5 mm.",
        "螺旋二十四面体点阵立方体，边长 1.5 毫米，单胞 0.5 毫米。",
    ),
    SampleEntry(
        "microneedles",
        "625 needles, 600 µm tall, on a plate of 10 × 10 mm.",
        "625 根微针，高 600 微米，立在 10 × 10 毫米的底板上。",
    ),
    SampleEntry(
        "connector_comb",
        "300 pins of 10 × 10 µm on a bar, off the pixel grid on purpose.",
        "300 根 10 × 10 微米的插针立在底条上，故意不与像素对齐。",
    ),
    SampleEntry(
        "channel_coupon",
        "A block with 36 closed channels of graded height and width.",
        "带 36 条封闭流道的试块，高度与宽度逐级变化。",
    ),
    SampleEntry(
        "artefact",
        "A plate of pins, holes, slots, ribs, steps, a ramp, a ring and a star, to measure a machine by.",
        "几何精度试件：销、孔、槽、筋、台阶、斜坡、圆环与星形，用来检验机器。",
    ),
    SampleEntry(
        "fault_coupon",
        "A plate with 60 planted faults of 15 kinds, each beside the same thing done well, to test the check by.",
        "预埋 15 类共 60 处缺陷的试板，每处旁边有合格的对照，用来检验可制造性检查。",
    ),
)
SAMPLES: Mapping[str, SampleEntry] = MappingProxyType({entry.name: entry for entry in _ENTRIES})


def make_sample(name: str) -> Sample:
    """The sample of this name, with its default parameters.

    Raises UnknownSampleError where no sample bears the name.
    """
    if name not in SAMPLES:
        raise UnknownSampleError(
            say("There is no sample named {name!r}.", name=name),
            remedy=say("Take one of: {names}.", names=", ".join(SAMPLES)),
        )
    return SAMPLES[name].make()
