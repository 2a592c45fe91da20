"""Addresses of organisations and invitations."""

from __future__ import annotations

from django.urls import path

from mingyue.web.people import views

urlpatterns = [
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/<slug:slug>/", views.organisation, name="organisation"),
    path("organisations/<slug:slug>/change/", views.change, name="organisation-change"),
    path("organisations/<slug:slug>/party/", views.name_party, name="organisation-party"),
    path("organisations/<slug:slug>/invite/", views.invite, name="invite"),
    path(
        "organisations/<slug:slug>/invitations/<uuid:invitation_id>/withdraw/",
        views.withdraw,
        name="invitation-withdraw",
    ),
    path("organisations/<slug:slug>/members/<uuid:membership_id>/roles/", views.roles, name="member-roles"),
    path("organisations/<slug:slug>/members/<uuid:membership_id>/leave/", views.leave, name="member-leave"),
    path("organisations/<slug:slug>/keys/", views.make_key, name="key-make"),
    path("organisations/<slug:slug>/keys/<uuid:key_id>/revoke/", views.revoke_key, name="key-revoke"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]
