"""Pages of parts, below `/parts/`; the list stands where parts are added, so its address hands on what is posted."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path

from mingyue.web.parts import pages, views


def list_or_add(request: HttpRequest) -> HttpResponseBase:
    """Whoever looks gets the list; whoever posts adds a part."""
    return views.add(request) if request.method == "POST" else pages.parts(request)


app_name = "part_pages"
urlpatterns = [
    path("", list_or_add, name="list"),
    path("new/", pages.new, name="new"),
    path("<uuid:part_id>/", pages.part, name="part"),
    path("<uuid:part_id>/compare/", pages.compare, name="compare"),
]
