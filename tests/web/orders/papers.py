"""A PDF as its reader sees it: words in their order, fonts, pages."""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfReader


def text_of(pdf: bytes) -> str:
    """All words, with one space between: where lines break is the layout's affair."""
    return " ".join(" ".join(pages_of(pdf)).replace("\u200b", "").split())


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def fonts_of(pdf: bytes) -> set[str]:
    """Families, without the letters that mark a part of a font."""
    fonts: set[str] = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        resources: Any = page["/Resources"]
        fonts |= {font["/BaseFont"].partition("+")[2] for font in map(_there, resources.get("/Font", {}).values())}
    return fonts


def _there(entry: Any) -> Any:
    return entry.get_object()
