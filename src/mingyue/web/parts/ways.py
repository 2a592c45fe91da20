"""A way of making a part: what a check is asked for, and by which two checks are known to ask the same."""

from __future__ import annotations

from dataclasses import dataclass

from mingyue.web.facilities.models import Machine
from mingyue.web.materials.models import Resin
from mingyue.web.parts.models import Check


@dataclass(frozen=True, slots=True)
class Way:
    """rotation: as `lying.turn_of` writes it."""

    machine: Machine
    resin: Resin
    layer_um: float
    rotation: list[float] | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """The same for the same way."""
        return self.machine.pk, self.resin.pk, self.layer_um, tuple(self.rotation or ())


def way_of(check: Check) -> Way:
    """The way that a check looked at."""
    return Way(check.machine, check.resin, check.layer_um, check.rotation)
