"""What a sample is: a mesh made from parameters, and what of it can be measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from mingyue.errors import BadInputError
from mingyue.phrases import Phrase
from mingyue.printing.meshes import Mesh

Point = tuple[float, float, float]


class SampleParameterError(BadInputError):
    """The numbers asked for make no solid."""


class UnknownSampleError(BadInputError):
    """No sample has this name."""


class Feature(Protocol):
    """One thing on a sample that can be found and measured.

    name: unique within its sample.
    low_um, high_um: corners of the box that holds it, part frame; for a hole, of the empty space.
    nominal_um: what it should measure, by the name of the dimension.
    """

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def low_um(self) -> Point: ...
    @property
    def high_um(self) -> Point: ...
    @property
    def nominal_um(self) -> Mapping[str, float]: ...


@dataclass(frozen=True, slots=True)
class Detail:
    """The plain feature: a box and its nominal dimensions."""

    name: str
    kind: str
    low_um: Point
    high_um: Point
    nominal_um: Mapping[str, float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "nominal_um", MappingProxyType(dict(self.nominal_um)))


@dataclass(frozen=True, slots=True)
class Sample:
    """mesh: closed, outside out, standing on z = 0. Features come in the order in which they were made."""

    name: str
    mesh: Mesh
    features: tuple[Feature, ...]

    @property
    def sha256(self) -> str:
        """Of its vertices and triangles, in hex: what stands for the digest of a file."""
        digest = hashlib.sha256(self.mesh.vertices_um.tobytes())
        digest.update(self.mesh.triangles.tobytes())
        return digest.hexdigest()


def require(holds: bool, message: Phrase, *, remedy: Phrase) -> None:
    """Refuse parameters that make no solid.

    Raises SampleParameterError with the message and the remedy where the condition does not hold.
    """
    if not holds:
        raise SampleParameterError(message, remedy=remedy)
