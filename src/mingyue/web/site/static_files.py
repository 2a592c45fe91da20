"""Static files, answered by servestatic in plain calls: its own middleware would send every page through the loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware

Answer = Callable[[HttpRequest], HttpResponseBase]


def static_files(get_response: Answer) -> Answer:
    """Middleware: which files there are is known from the start on."""
    known = ServeStaticMiddleware(_unasked).files

    def answer(request: HttpRequest) -> HttpResponseBase:
        found = known.get(request.path_info)
        return get_response(request) if found is None else _answered(found, request)

    return answer


async def _unasked(_request: HttpRequest) -> HttpResponseBase:
    raise AssertionError("only its table of files is wanted")


def _answered(found: Any, request: HttpRequest) -> HttpResponseBase:
    told = found.get_response(request.method or "GET", request.META)
    if told.file is None:
        response: HttpResponseBase = HttpResponse(status=int(told.status))
        del response["Content-Type"]
    else:
        response = _File(told.file, status=int(told.status))
    for name, value in told.headers:
        if value is not None:
            response[name] = value
    return response


class _File(FileResponse):
    """Its headers are said already."""

    def set_headers(self, filelike: Any) -> None:
        """None of Django's."""
        del self["Content-Type"]
