"""What a print file of schema 5 says of each layer, when its defaults, names, groups and variables are resolved."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mingyue.errors import FileFormatError
from mingyue.phrases import say
from mingyue.printing.formats.archives import number
from mingyue.printing.formats.stack import EXPORT_AGAIN, check_counts

Table = dict[str, Any]

_VARIABLE = re.compile(r"\$\{([^{}]{1,200})\}")
_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
# Settings that change what is cured and that a stack of masks has no place for.
_SPECIAL_IMAGE = ("0 um layer", "Print on film")
_GREY_CORRECTION = "Do grayscale correction"


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """One exposure. x_um, y_um: where the stage stands; flips: whether the printer mirrors the picture."""

    file: str
    x_um: float
    y_um: float
    seconds: float
    engine: str
    flip_rows: bool
    flip_columns: bool
    special: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayerSettings:
    """One layer, and how often it comes in a row."""

    repeats: int
    thickness_um: float
    images: tuple[ImageSettings, ...]
    special: tuple[str, ...] = ()


@dataclass
class Defaults:
    """The settings that we write for all layers: the schema asks for each of them, and a stack knows two."""

    image: str
    thickness_um: float
    motions: Table = field(
        default_factory=lambda: {
            "Distance up (mm)": 1.0,
            "Initial wait (ms)": 0.0,
            "BP up speed (mm/sec)": 25.0,
            "BP up acceleration (mm/sec^2)": 50.0,
            "Up wait (ms)": 0.0,
            "BP down speed (mm/sec)": 20.0,
            "BP down acceleration (mm/sec^2)": 50.0,
            "Final wait (ms)": 0.0,
        }
    )
    light: Table = field(
        default_factory=lambda: {
            "Image x offset (um)": 0.0,
            "Image y offset (um)": 0.0,
            "Layer exposure time (ms)": 0.0,
            "Light engine": "visitech",
            "Light engine power setting": 100,
            "Light engine wavelength (nm)": 365,
            "Relative focus position (um)": 0.0,
            "Wait before exposure (ms)": 0.0,
            "Wait after exposure (ms)": 0.0,
        }
    )

    def as_json(self) -> Table:
        """The object `Default layer settings`."""
        return {
            "Number of duplications": 1,
            "Position settings": {"Layer thickness (um)": self.thickness_um} | self.motions,
            "Image settings": {"Image file": self.image} | self.light,
        }


def layer_settings(settings: Table, *, file: str) -> Iterator[LayerSettings]:
    """The layers in order. Raises FileFormatError for what the schema does not allow, LimitError for too many."""
    listed = settings.get("Layers", [])
    if not isinstance(listed, list):
        raise _broken(file, "Layers")
    resolver = _Resolver(settings, file)
    count = 0
    for entry in listed:
        for layer in resolver.layers(entry):
            count += layer.repeats
            check_counts(count, 1, name=file)
            yield layer


def _broken(file: str, what: str) -> FileFormatError:
    return FileFormatError(
        say("{file} breaks its schema at {what}.", file=file, what=repr(what)[:80]), remedy=EXPORT_AGAIN
    )


class _Resolver:
    def __init__(self, settings: Table, file: str) -> None:
        self.settings, self.file = settings, file
        self.defaults = self._table(settings, "Default layer settings")

    def layers(self, entry: Any) -> Iterator[LayerSettings]:
        """One entry of the list: a layer, or a named group of layers, each as often as it is asked for."""
        if not isinstance(entry, dict):
            raise _broken(self.file, "Layers")
        variables = self._table(self.settings, "Variables")
        group = entry.get("Using named layer group")
        if group is None:
            yield self._layer(entry, variables)
            return
        variables = variables | self._table(entry, "Variables")
        members = self._table(self.settings, "Named layer groups").get(group)
        if not isinstance(members, list):
            raise _broken(self.file, str(group))
        layers = [self._layer(member, variables) for member in members]
        for _ in range(self._repeats(entry, variables)):
            yield from layers

    def _layer(self, entry: Any, variables: Table) -> LayerSettings:
        if not isinstance(entry, dict):
            raise _broken(self.file, "Layers")
        position = self._named(self._table(entry, "Position settings"), "position", variables)
        position = self._table(self.defaults, "Position settings") | position
        thickness = self._number(position, "Layer thickness (um)", variables, default=10.0)
        listed = entry.get("Image settings list", [{}])
        base = self._table(self.defaults, "Image settings")
        preset = entry.get("Using named default image settings")
        if preset:
            base = base | self._preset("image", preset)
        if not isinstance(listed, list):
            raise _broken(self.file, "Image settings list")
        images = tuple(self._image(base, image, variables) for image in listed)
        squeezed = self._table(self._table(position, "Special layer techniques"), "Squeeze out resin")
        special = ("Squeeze out resin",) if squeezed.get("Enable squeeze") else ()
        return LayerSettings(self._repeats(entry, variables), thickness, images, special)

    def _image(self, base: Table, entry: Any, variables: Table) -> ImageSettings:
        if not isinstance(entry, dict):
            raise _broken(self.file, "Image settings list")
        image = base | self._named(entry, "image", variables)
        file = self._value(image.get("Image file"), variables)
        if not isinstance(file, str):
            raise _broken(self.file, "Image file")
        techniques = self._table(image, "Special image techniques")
        special = tuple(
            name for name in _SPECIAL_IMAGE if self._table(techniques, name).get(f"Enable {name[0].lower()}{name[1:]}")
        )
        if image.get(_GREY_CORRECTION):
            special += (_GREY_CORRECTION,)
        return ImageSettings(
            file,
            self._number(image, "Image x offset (um)", variables, default=0.0, signed=True),
            self._number(image, "Image y offset (um)", variables, default=0.0, signed=True),
            self._number(image, "Layer exposure time (ms)", variables) / 1e3,
            str(image.get("Light engine", "visitech")),
            bool(image.get("Mirror image long axis")),
            bool(image.get("Mirror image short axis")),
            special,
        )

    def _named(self, table: Table, kind: str, variables: Table) -> Table:
        name = self._value(table.get(f"Using named {kind} settings"), variables)
        return self._preset(kind, name) | table if name else table

    def _preset(self, kind: str, name: Any) -> Table:
        presets = self._table(self.settings, f"Named {kind} settings")
        if not isinstance(name, str) or not isinstance(presets.get(name), dict):
            raise _broken(self.file, str(name))
        return self._table(presets, name)

    def _table(self, table: Table, key: str) -> Table:
        found = table.get(key, {})
        if not isinstance(found, dict):
            raise _broken(self.file, key)
        return found

    def _repeats(self, entry: Table, variables: Table) -> int:
        default = self._number(self.defaults, "Number of duplications", variables, default=1.0)
        count = self._number(entry, "Number of duplications", variables, default=default)
        if count != int(count) or count < 1:
            raise _broken(self.file, "Number of duplications")
        check_counts(int(count), 1, name=self.file)
        return int(count)

    def _number(
        self, table: Table, key: str, variables: Table, *, default: float | None = None, signed: bool = False
    ) -> float:
        value = self._value(table.get(key), variables)
        if signed and isinstance(value, int | float) and abs(value) < float("inf"):
            return float(value)
        return number({key: value}, key, file=self.file, default=default, above_zero=False)

    def _value(self, value: Any, variables: Table) -> Any:
        """A value with its ${expressions} put in; text around them stays."""
        if not isinstance(value, str) or "${" not in value:
            return value
        whole = _VARIABLE.fullmatch(value)
        if whole:
            return self._evaluated(whole[1], variables)
        return _VARIABLE.sub(lambda found: str(self._evaluated(found[1], variables)), value)

    def _evaluated(self, text: str, variables: Table) -> Any:
        try:
            return _evaluated(ast.parse(text.strip(), mode="eval").body, variables)
        except (SyntaxError, ValueError, KeyError, TypeError, ZeroDivisionError, RecursionError, MemoryError) as error:
            raise _broken(self.file, text) from error


def _evaluated(node: ast.expr, variables: Table) -> Any:
    """Names, numbers and the four operations; nothing else is ever run."""
    if isinstance(node, ast.Name):
        return variables[node.id]
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluated(node.operand, variables)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        left, right = (_evaluated(side, variables) for side in (node.left, node.right))
        if isinstance(left, int | float) and isinstance(right, int | float):
            return _OPERATIONS[type(node.op)](float(left), float(right))
    raise ValueError(ast.dump(node))
