"""Write the JSON Schema of the print package where the documentation shows it."""

from __future__ import annotations

import json
from pathlib import Path

from mingyue.printing.formats.manifest import manifest_schema

path = Path(__file__).parents[1] / "docs" / "reference" / "print-package.schema.json"
path.write_text(json.dumps(manifest_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
