"""The objects of a 3MF model and what they are made of, counted before anything lays them out.

lib3mf walks every instance while it reads, so ten objects of ten components each would keep it busy for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.parsers import expat

from mingyue.errors import FileFormatError
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.limits import ReadLimits, check_limit

Key = tuple[str, str]  # model part without its leading slash, object id
SAVE_AGAIN = say("Open the file in a CAD program or slicer and save it again as 3MF, or export it as STL.")


class ComponentGraph:
    """Which object contains which, over all model parts of one archive."""

    def __init__(self, path: Path, limits: ReadLimits) -> None:
        self.path = path
        self.limits = limits
        self.below: dict[Key, list[Key]] = {}
        self._measured: dict[Key, tuple[int, int]] = {}

    def add_part(self, part: str, chunks: Iterable[bytes]) -> None:
        """Read the objects of one model part, in pieces. Raises FileFormatError where it is no XML."""
        here = part.casefold()
        current: list[Key] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            name = tag.rpartition(":")[2]
            if name == "object":
                current[:] = [(here, attributes.get("id", ""))]
                self.below.setdefault(current[0], [])
                count = len(self.below)
                self._check(count, say("holds {count:,} objects", count=count), "max_objects")
            elif name == "component" and current:
                self.below[current[0]].append(_target(here, attributes))

        parser = expat.ParserCreate()
        parser.StartElementHandler = start
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError) as error:  # the latter: encodings nobody knows
            raise self._broken(say("{part} is not valid XML: {why}", part=part, why=str(error))) from error

    def check(self) -> None:
        """Refuse circles, deep nests, and more instances than the limits allow."""
        for key in self.below:
            self._measure(key, ())

    def _measure(self, key: Key, above: tuple[Key, ...]) -> tuple[int, int]:
        """(instances, height) of an object, itself included."""
        if key in above:
            raise self._broken(say("object {name!r} contains itself", name=key[1]))
        if key not in self._measured:
            self._check_depth(len(above) + 1)
            parts = [self._measure(part, (*above, key)) for part in self.below.get(key, [])]
            instances = 1 + sum(count for count, _ in parts)
            height = 1 + max((height for _, height in parts), default=0)
            self._check(instances, say("lays out {count:,} objects", count=instances), "max_instances")
            self._measured[key] = instances, height
        self._check_depth(len(above) + self._measured[key][1])
        return self._measured[key]

    def _check_depth(self, depth: int) -> None:
        self._check(depth, say("nests objects {count:,} deep", count=depth), "max_component_depth")

    def _check(self, count: int, what: Phrase, name: str) -> None:
        check_limit(count, getattr(self.limits, name), what, path=self.path, name=name)

    def _broken(self, why: Phrase) -> FileFormatError:
        return FileFormatError(say("{file}: {why}.", file=self.path.name, why=why), remedy=SAVE_AGAIN)


def _target(here: str, attributes: dict[str, Any]) -> Key:
    """What a component points to: another object of its part, or of the part that its path names."""
    paths = [value for name, value in attributes.items() if name.rpartition(":")[2] == "path"]
    return (paths[0].removeprefix("/").casefold() if paths else here), attributes.get("objectid", "")
