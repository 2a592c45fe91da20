"""The platform's settings with as few apps as serving needs, and with jobs to kill."""

from __future__ import annotations

from mingyue.web.site.settings import *  # noqa: F403

INSTALLED_APPS = [
    "mingyue.web.records",
    "mingyue.web.site",
    "django.contrib.contenttypes",
    "procrastinate.contrib.django",
    "tests.web.serving",
]
MIDDLEWARE = ["mingyue.web.site.health.answered_first", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "tests.web.serving.urls"
AUTH_USER_MODEL = "auth.User"
