"""The platform's settings with its own apps and as few others as serving needs, and with jobs to kill."""

from __future__ import annotations

from mingyue.web.site.settings import *  # noqa: F403

INSTALLED_APPS = [
    *(f"mingyue.web.{name}" for name in OURS),  # noqa: F405
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "tests.web.serving",
]
MIDDLEWARE = ["mingyue.web.site.health.answered_first", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "tests.web.serving.urls"
