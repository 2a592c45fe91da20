"""The document of a deal, as the platform prints it or as JSON."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode

from mingyue.client.calls import Caller

Form = Literal["pdf", "json"]


def document(call: Caller, path: str, *, language: str, form: Form) -> bytes:
    """The file. path: of the quote, order or invoice; language: of a PDF, the caller's where none is said."""
    asked = f"?{urlencode({'language': language})}" if language and form == "pdf" else ""
    return call("GET", f"{path}/document.{form}{asked}").body
