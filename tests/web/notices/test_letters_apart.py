"""A letter on which the teller stumbles keeps nobody else's waiting."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from mingyue.web.notices import mailing
from mingyue.web.serving.teller import Teller


def test_a_letter_that_cannot_be_written_keeps_no_other_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = uuid4(), uuid4()
    written: list[UUID] = []

    def send(person_id: UUID, **_: Any) -> bool:
        if person_id == first:
            raise KeyError("a text without its value")
        written.append(person_id)
        return True

    monkeypatch.setattr(mailing, "send_letter", send)
    more = Teller(origin="https://a.example.org")._write({"letters": [(first, first), (second, second)]})

    assert (written, more) == ([second], True)
