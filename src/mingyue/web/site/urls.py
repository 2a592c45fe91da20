"""Which address is whose."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from mingyue.web.parts.pages import terms
from mingyue.web.site import api, views
from mingyue.web.site.reference import pages as reference

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("administration/", views.administration, name="administration"),
    path("language/", views.language, name="set_language"),
    path("api/docs", reference.overview, name="api-docs"),
    path("api/docs/", reference.overview, name="api-docs-with-a-slash"),  # as people type it
    path("api/docs/basics", reference.basics, name="api-docs-basics"),
    path("api/docs/<slug:name>", reference.group, name="api-docs-group"),
    path("api/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("uploads/", include("mingyue.web.records.urls")),
    path("parts/", include("mingyue.web.parts.page_urls")),
    path("parts/", include("mingyue.web.parts.urls")),
    path("terms/", terms, name="terms"),
    path("", include("mingyue.web.people.urls")),
    path("", include("mingyue.web.facilities.urls")),
    path("", include("mingyue.web.materials.urls")),
    path("", include("mingyue.web.orders.pages.urls")),
    path("", include("mingyue.web.notices.urls")),
]
