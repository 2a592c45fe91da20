"""The whole way of a part: sent, read, checked, looked at."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import Cast
from tests.web.parts.conftest import Work, Works, added, only_check


def test_a_part_is_read_and_checked_for_the_finest_machine(
    cast: Cast, works: Works, as_viewer: Any, work: Work
) -> None:
    owner = as_viewer(cast.owner)
    revision = added(owner)
    print(work())
    revision.refresh_from_db()
    check = only_check(revision)
    print(revision.facts, revision.problem, check.state, check.looked, check.findings, check.problem)
    assert revision.state == "read"
