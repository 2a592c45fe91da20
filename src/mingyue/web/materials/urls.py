"""Addresses of materials and recipes."""

from __future__ import annotations

from django.urls import path

from mingyue.web.materials import views

urlpatterns = [
    path("materials/", views.materials, name="materials"),
    path("materials/recipes/new/", views.new_recipe, name="recipe-new"),
    path("materials/recipes/<uuid:recipe_id>/", views.recipe, name="recipe"),
    path("materials/recipes/<uuid:recipe_id>/versions/", views.revise, name="recipe-revise"),
    path("materials/recipes/<uuid:recipe_id>/share/", views.share, name="recipe-share"),
    path("facilities/<slug:slug>/stock/", views.stock, name="stock"),
    path("facilities/<slug:slug>/stock/<uuid:resin_id>/batches/", views.add_batch, name="batch-add"),
    path("facilities/<slug:slug>/stock/batches/<uuid:batch_id>/discard/", views.discard_batch, name="batch-discard"),
]
