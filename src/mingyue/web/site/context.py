"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def about_the_site(request: HttpRequest) -> dict[str, Any]:
    return {}
