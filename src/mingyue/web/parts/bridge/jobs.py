"""What a process of the engine is asked, and what it says while it works. Nothing of the engine is imported here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingyue.phrases import Phrase

Tell = Callable[[float, Phrase], None]
"""Called with the share of the job that is done, and what is done now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """kind: read, check, orientations or deviation. path: the part's file; package: its masks, where they are needed.

    folder: where files may be written. units: what the file's numbers mean, empty where it says so itself. rotate_deg:
    about x, then y, then z, before it is laid on the platform.
    """

    kind: str
    path: Path
    folder: Path
    units: str = ""
    machine: str = ""
    resin: str = ""
    layer_um: float = 0.0
    rotate_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    package: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "kind": self.kind, "path": str(self.path), "folder": str(self.folder), "units": self.units,
            "machine": self.machine, "resin": self.resin, "layer_um": self.layer_um,
            "rotate_deg": list(self.rotate_deg),
            "package": None if self.package is None else str(self.package),
        }  # fmt: skip

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Job:
        """What `to_json` made."""
        paths = {name: Path(said[name]) for name in ("path", "folder")}
        package = Path(said["package"]) if said["package"] else None
        return cls(**(said | paths | {"package": package, "rotate_deg": tuple(said["rotate_deg"])}))


class ProblemError(Exception):
    """What the sender is to put right, as JSON: `telling.problem`."""

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__(said)
        self.said = said
