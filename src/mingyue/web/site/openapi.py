"""What ninja does not say of an endpoint: the scope it needs, its problems, and the headers that every answer has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.client import responses
from typing import Any

from ninja import NinjaAPI
from ninja.operation import Operation
from ninja.utils import normalize_path

from mingyue.phrases import Phrase, say
from mingyue.web.people.access import Needs
from mingyue.web.records.idempotency import LONGEST_KEY
from mingyue.web.site.problems import MEDIA_TYPE, FieldProblem, Problem
from mingyue.web.site.reference.groups import TITLES
from mingyue.web.site.reference.values import body_of

PREFIX = "/api/"
_SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "bearerFormat": "mky_…", "description": "An API key of one organisation."},
    "session": {
        "type": "apiKey", "in": "cookie", "name": "sessionid",
        "description": "Signed in by the pages; changes also send the cookie csrftoken back as X-CSRFToken.",
    },
}  # fmt: skip
_REF = "#/components/schemas/{model}"
_COUNT = {"type": "integer", "minimum": 0}
_HEADERS = {
    "RateLimit-Limit": {"description": "Requests that a minute takes.", "schema": _COUNT},
    "RateLimit-Remaining": {"description": "Those that are left of it.", "schema": _COUNT},
    "RateLimit-Reset": {"description": "Seconds until the next minute.", "schema": _COUNT},
    "ETag": {"description": "Which state this is.", "schema": {"type": "string"}},
}
_LIMITS = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS if name != "ETag"}
_ETAG = {"ETag": {"$ref": "#/components/headers/ETag"}}
_IF_NONE_MATCH = {
    "in": "header", "name": "If-None-Match", "required": False, "schema": {"type": "string"},
    "description": "ETags that the caller has; 304 where it is one of them.",
}  # fmt: skip
_IDEMPOTENCY_KEY = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
    "description": "A name for this request: sent again with the same name, it acts once and is answered alike.",
}  # fmt: skip
_PROBLEMS_OF_METHOD = {
    "GET": (),
    "POST": (400, 409, 413),
    "PUT": (400, 409, 413),
    "PATCH": (400, 409, 413),
    "DELETE": (409,),
}


def completed(schema: Any, api: NinjaAPI) -> Any:
    """The description, completed in place."""
    components = schema["components"]
    components["securitySchemes"] = _SCHEMES
    components["headers"] = _HEADERS
    for model in (Problem, FieldProblem):
        described = model.model_json_schema(ref_template=_REF, mode="serialization")
        described.pop("$defs", None)
        components["schemas"][model.__name__] = described
    for address, operation in _operations(api):
        for method in operation.methods:
            told = schema["paths"][address][method.lower()]
            _complete(told, operation, method)
            _add_example(told, components["schemas"])
    return schema


def _operations(api: NinjaAPI) -> Iterator[tuple[str, Operation]]:
    for bound in api._get_bound_routers():
        for route, view in bound.path_operations.items():
            plain = re.sub(r"{[^}:]+:", "{", normalize_path("/".join([PREFIX, bound.prefix, route])))
            for operation in view.operations:
                yield plain, operation


def _complete(told: dict[str, Any], operation: Operation, method: str) -> None:
    needs = next(one for one in operation.auth_callbacks if isinstance(one, Needs))
    scope = [needs.scope] if needs.scope else []
    told["summary"] = str(TITLES[told["operationId"]])
    told["security"] = [{"session": []}] if needs.session_only else [{"key": scope}, {"session": []}]
    told["description"] = " ".join(
        [told.get("description", ""), who_may(needs.scope or "", session_only=needs.session_only)]
    )
    parameters = told["parameters"]
    for parameter in parameters:
        if parameter["schema"].get("default") == "":  # left out; it would not fit its own pattern
            del parameter["schema"]["default"]
    based = any(parameter["name"] == "If-Match" for parameter in parameters)
    parameters += [_IF_NONE_MATCH] if method == "GET" else []
    parameters += [_IDEMPOTENCY_KEY] if method == "POST" else []
    for answer in told["responses"].values():
        answer["headers"] = _LIMITS | (_ETAG if method == "GET" else {})
    if method == "GET":
        told["responses"][304] = {"description": "Not Modified", "headers": _LIMITS | _ETAG}
    for status in (401, 403, 404, 422, 429, *_PROBLEMS_OF_METHOD[method], *((412, 428) if based else ())):
        told["responses"].setdefault(status, _problem(status))


def who_may(scope: str, *, session_only: bool) -> Phrase:
    """Whom an endpoint lets in."""
    if session_only:
        return say("For people who are signed in; no key may do this.")
    return say("A key needs the scope {scope}.", scope=scope) if scope else say("Any key may do this.")


def _add_example(told: dict[str, Any], schemas: dict[str, Any]) -> None:
    for content in told.get("requestBody", {}).get("content", {}).values():
        content["example"] = body_of(content["schema"]["$ref"].rpartition("/")[2], schemas)


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": responses[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}},
        "headers": _LIMITS,
    }
