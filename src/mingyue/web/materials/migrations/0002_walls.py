"""Resins are offered to everyone, batches are the facility's, recipes are shared as their owner says."""

from typing import ClassVar

from django.db import migrations

from mingyue.web.records.walls import MINE, never_edited, same_tenant, wall

SHARED = (
    f"{MINE} OR share = 'everyone' OR EXISTS (SELECT FROM materials_recipeshare s "
    "WHERE s.recipe_id = materials_recipe.id AND s.reader_id IN (SELECT mingyue_organisations()))"
)
OF_A_RECIPE_SEEN = f"{MINE} OR EXISTS (SELECT FROM materials_recipe r WHERE r.id = recipe_id)"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("materials", "0001_initial"), ("facilities", "0002_walls")]
    operations: ClassVar = [
        wall("materials_resin", read="true"),
        wall("materials_batch"),
        wall("materials_recipeshare", read=f"{MINE} OR reader_id IN (SELECT mingyue_organisations())"),
        wall("materials_recipe", read=SHARED),
        wall("materials_recipeversion", read=OF_A_RECIPE_SEEN),
        same_tenant("materials_resin", "facility_id", "facilities_facility"),
        same_tenant("materials_batch", "resin_id", "materials_resin"),
        same_tenant("materials_recipeshare", "recipe_id", "materials_recipe"),
        same_tenant("materials_recipeversion", "recipe_id", "materials_recipe"),
        never_edited("materials_recipeversion"),
    ]
