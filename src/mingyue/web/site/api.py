"""The HTTP API: the apps' routers as one, and what is the same for every request to it.

A request passes: how often its caller asks → who may (people/access.py) → whether it was answered already
(records/idempotency.py) → the endpoint → its ETag. Every error becomes a problem.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, re_path
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation

from mingyue import __version__
from mingyue.errors import LimitError, MingyueError
from mingyue.phrases import say
from mingyue.web.facilities.api import router as facilities
from mingyue.web.materials.api import router as materials
from mingyue.web.notices.api import router as notices
from mingyue.web.orders.api.again import router as again
from mingyue.web.orders.api.orders import router as orders
from mingyue.web.orders.api.papers import router as papers
from mingyue.web.orders.api.projects import router as projects
from mingyue.web.orders.api.quotes import router as quotes
from mingyue.web.parts.api import router as parts
from mingyue.web.people.access import caller, now
from mingyue.web.people.api import router as people
from mingyue.web.records import etags, idempotency
from mingyue.web.records.errors import InvalidError
from mingyue.web.site import openapi, problems
from mingyue.web.site.limits import Counter
from mingyue.web.site.middleware import is_held

REQUESTS_A_MINUTE = 1200
_counter = Counter(REQUESTS_A_MINUTE)
_log = logging.getLogger("django.request")
View = Callable[..., HttpResponse]


class Api(NinjaAPI):
    """Ninja's, with a description that says what it leaves out: scopes, problems and headers."""

    _described: Any = None

    def get_openapi_schema(self, **options: Any) -> Any:
        """OpenAPI 3.1. Made once: what there is does not change while it runs, and making it takes half a second."""
        if self._described is None:
            told = super().get_openapi_schema(**options | {"path_prefix": openapi.PREFIX})
            self._described = openapi.completed(told, self)
        return self._described

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Its function's name: it is unique here, and what generated clients call it."""
        return operation.view_func.__name__


api = Api(
    title="Mingyue",
    version=__version__,
    description="The shared service over HTTP: what the pages do, by the same rules. See docs/reference/api.md.",
    docs_url=None,  # its page asks a CDN for scripts, and our own pages allow none
    openapi_url="/openapi.json",
    urls_namespace="api",
)
for router in (people, facilities, materials, parts, quotes, orders, projects, papers, notices, again):
    api.add_router("", router)


@api.exception_handler(MingyueError)
def _refused(request: HttpRequest, error: MingyueError) -> HttpResponse:
    return problems.of_error(request, error)


@api.exception_handler(ValidationError)
def _unfit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.of_values(request, error.errors)


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.unreadable(request)


@api.exception_handler(Exception)
def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    if is_held(error):
        return problems.busy(request)
    got_request_exception.send(sender=None, request=request)
    _log.error("fault in the API at %s", request.path, exc_info=error)
    return problems.fault(request)


def _door(view: View) -> View:
    """What every request passes before and after its endpoint."""

    @csrf_exempt  # an endpoint asks for the token itself, where a session lets somebody in
    @wraps(view)
    def answer(request: HttpRequest, **values: Any) -> HttpResponse:
        standing = _counter.count(_who(request), now_s=time.time())
        try:
            standing.refuse()
            response = _answered_once(request, lambda: view(request, **values))
        except MingyueError as error:
            response = problems.of_error(request, error)
        except RequestDataTooBig:
            response = problems.of_error(request, _too_big())
        except SuspiciousOperation:
            response = problems.unreadable(request)
        except OperationalError as error:  # waiting for another request of the same Idempotency-Key
            if not is_held(error):
                raise
            response = problems.busy(request)
        if isinstance(response, HttpResponseNotAllowed):
            response = problems.wrong_method(request, allowed=response["Allow"])
        if response.status_code == 429:
            response["Retry-After"] = str(standing.resets_s)
        for name, value in standing.headers.items():
            response[name] = value
        response.headers.pop(idempotency.SECRET, None)
        patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
        response.setdefault("Cache-Control", "private, no-cache")
        return etags.complete(request, response)

    return answer


def _who(request: HttpRequest) -> str:
    viewer = caller(request)
    if not viewer.signed_in:
        return f"from {request.META.get('REMOTE_ADDR', '')}"
    return request.headers.get("Authorization", "") if viewer.scopes is not None else str(viewer.person_id)


def _answered_once(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    key = request.headers.get("Idempotency-Key", "")
    viewer = caller(request)
    if request.method != "POST" or not key or not viewer.signed_in:
        return act()
    if len(key) > idempotency.LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidError("Idempotency-Key", say("An Idempotency-Key has up to 200 printable ASCII characters."))
    of_key = None if viewer.scopes is None else viewer.organisations[0]
    return idempotency.once(request, key=key, person_id=viewer.someone, organisation_id=of_key, at=now(), act=act)


def _too_big() -> LimitError:
    return LimitError(
        say("The body is larger than this endpoint takes."), remedy=say("Send less; files go to /uploads/ in pieces.")
    )


def _patterns() -> list[URLPattern]:
    routes = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    inside = [path(str(one.pattern), _door(cast(View, one.callback)), name=one.name) for one in routes]
    return [*inside, re_path(r"^", _door(problems.no_such_address), name="nothing")]


urls = (_patterns(), "api", "api")
