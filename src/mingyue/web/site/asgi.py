"""What the web server calls."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingyue.web.site.settings")
django.setup(set_prefix=False)

from mingyue.web.site.handling import Application  # noqa: E402

application = Application()
