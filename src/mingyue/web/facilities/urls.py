"""Addresses of facilities."""

from __future__ import annotations

from django.urls import path

from mingyue.web.facilities import views

urlpatterns = [
    path("facilities/", views.facilities, name="facilities"),
    path("facilities/new/", views.new, name="facility-new"),
    path("facilities/<slug:slug>/", views.facility, name="facility"),
    path("facilities/<slug:slug>/change/", views.change, name="facility-change"),
    path("facilities/<slug:slug>/hours/", views.hours, name="facility-hours"),
    path("facilities/<slug:slug>/machines/", views.add_machine, name="machine-add"),
    path("facilities/<slug:slug>/machines/<uuid:machine_id>/", views.machine, name="machine"),
    path(
        "facilities/<slug:slug>/machines/<uuid:machine_id>/downtimes/",
        views.announce_downtime,
        name="downtime-announce",
    ),
    path(
        "facilities/<slug:slug>/downtimes/<uuid:downtime_id>/withdraw/",
        views.withdraw_downtime,
        name="downtime-withdraw",
    ),
]
