"""The lowest app: as it starts, the Chinese of every web app becomes known."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig

from mingyue.phrases import add_tables


class RecordsConfig(AppConfig):
    name = "mingyue.web.records"
    label = "records"

    def ready(self) -> None:
        add_tables(Path(__file__).parents[1])
