"""Which address is whose."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("uploads/", include("mingyue.web.records.urls")),
    path("parts/", include("mingyue.web.parts.urls")),
]
