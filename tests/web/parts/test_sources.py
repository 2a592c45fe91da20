"""Where a limit comes from is said in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

from mingyue.web.parts.models import Check
from mingyue.web.parts.telling import findings_as_json


def finding(source: Any) -> dict[str, Any]:
    said = {"text": "x"}
    return {"title": said, "message": said, "remedy": said, "severity": "risk", "model": None, "source": source}


def test_the_source_of_a_limit_is_in_the_readers_language() -> None:
    check = Check(findings=[finding({"en": "measured", "zh": "实测"}), finding("measured long ago"), finding(None)])

    with override("zh-hans"):
        assert [one["source"] for one in findings_as_json(check)] == ["实测", "measured long ago", ""]
    with override("en"):
        assert [one["source"] for one in findings_as_json(check)] == ["measured", "measured long ago", ""]
