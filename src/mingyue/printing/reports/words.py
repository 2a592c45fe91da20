"""Values become HTML: escaped, in one language, with their units. Nothing gets into a page by another way."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from mingyue.phrases import Language, in_language


@dataclass(frozen=True, slots=True)
class Cell:
    """html: of a cell of a table; kind: class of it, such as "number"."""

    html: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes HTML in one language."""

    language: Language

    def plain(self, value: object) -> str:
        """Whatever it is, phrases in the language of the page; not yet safe in HTML."""
        return in_language(value if isinstance(value, str) else str(value), self.language)

    def text(self, value: object) -> str:
        """The same as text that is safe in HTML."""
        return escape(self.plain(value))

    def number(self, value: float | None, digits: int, *, unit: str = "", signed: bool = False) -> Cell:
        """A number with so many digits after the point; a dash where there is none."""
        return Cell(self.figure(value, digits, unit=unit, signed=signed), "number")

    def figure(self, value: float | None, digits: int, *, unit: str = "", signed: bool = False) -> str:
        """The same, to stand in a sentence. A rounded zero has no sign."""
        if value is None:
            return "–"
        rounded = round(value, digits) + 0.0  # −0.0 + 0.0 is 0.0
        said = f"{rounded:+,.{digits}f}" if signed and rounded else f"{rounded:,.{digits}f}"
        return escape(said.replace("-", "−") + (f" {unit}" if unit else ""))

    def band(self, low: float | None, high: float | None, digits: int) -> Cell:
        """From … to."""
        if low is None or high is None:
            return Cell("–", "number")
        return Cell(f"{self.figure(low, digits)} … {self.figure(high, digits)}", "number")

    def place(self, point_um: Iterable[float]) -> Cell:
        """x, y and z to the micrometre."""
        return Cell(", ".join(f"{round(value) + 0:.0f}".replace("-", "−") for value in point_um), "number")

    def cited(self, source: str, source_zh: str) -> str:
        """A source in the language of the page, where somebody wrote it so."""
        return source_zh if self.language == "zh" and source_zh else source

    def heading(self, level: int, value: object, *, anchor: str = "") -> str:
        named = f' id="{escape(anchor)}"' if anchor else ""
        return f"<h{level}{named}>{self.text(value)}</h{level}>\n"

    def paragraph(self, value: object, *, kind: str = "") -> str:
        return f"<p{_class(kind)}>{self.text(value)}</p>\n"

    def bullets(self, values: Iterable[object]) -> str:
        items = "".join(f"<li>{self.text(value)}</li>" for value in values)
        return f"<ul>{items}</ul>\n" if items else ""

    def table(self, caption: object, heads: Sequence[tuple[object, str]], rows: Iterable[Sequence[Cell]]) -> str:
        """A table whose first column names its rows. heads: title and class of each column."""
        return self.grouped(caption, heads, [("", rows)])

    def grouped(
        self,
        caption: object,
        heads: Sequence[tuple[object, str]],
        groups: Iterable[tuple[object, Iterable[Sequence[Cell]]]],
    ) -> str:
        """The same with a title over each group of rows; none over a group without title."""
        columns = "".join(f'<th scope="col"{_class(kind)}>{self.text(title)}</th>' for title, kind in heads)
        bodies = "".join(self._body(title, rows, len(heads)) for title, rows in groups)
        return (
            f'<div class="wide"><table><caption>{self.text(caption)}</caption>'
            f"<thead><tr>{columns}</tr></thead>{bodies}</table></div>\n"
        )

    def _body(self, title: object, rows: Iterable[Sequence[Cell]], columns: int) -> str:
        over = f'<tr><th scope="rowgroup" colspan="{columns}">{self.text(title)}</th></tr>' if title else ""
        return f"<tbody{_class('group' if title else '')}>{over}{''.join(_row(row) for row in rows)}</tbody>"

    def picture(self, png: bytes, shows: object) -> str:
        """A PNG within the page, with what it shows for those who do not see it and below it."""
        said = self.text(shows)
        data = base64.b64encode(png).decode("ascii")
        return f'<figure><img alt="{said}" src="data:image/png;base64,{data}"><figcaption>{said}</figcaption></figure>'

    def gallery(self, pictures: Iterable[tuple[bytes, object]], kind: str) -> str:
        """Pictures side by side; nothing where there are none."""
        shown = "".join(self.picture(png, shows) for png, shows in pictures)
        return f"<div{_class(kind)}>{shown}</div>\n" if shown else ""

    def drawing(self, svg: str, shows: object) -> str:
        """An SVG of ours within the page."""
        return f"<figure>{svg}<figcaption>{self.text(shows)}</figcaption></figure>"


def _row(cells: Sequence[Cell]) -> str:
    first, *others = cells
    head = f'<th scope="row"{_class(first.kind)}>{first.html}</th>'
    return f"<tr>{head}{''.join(f'<td{_class(cell.kind)}>{cell.html}</td>' for cell in others)}</tr>"


def _class(kind: str) -> str:
    return f' class="{escape(kind)}"' if kind else ""
