"""The receiver of docs/how-to/webhooks.md, run as it stands there."""

from __future__ import annotations

import base64
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.client.test_webhooks import BODY, KEY, signed

ROOT = Path(__file__).parents[2]


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Its address, and the file into which it prints."""
    (code,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs/how-to/webhooks.md").read_text(encoding="utf-8"), re.DOTALL
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = tmp_path / "told"
    environment = os.environ | {
        "PORT": str(port), "MINGYUE_WEBHOOK_SECRETS": "whsec_" + base64.b64encode(KEY).decode(),
        "PYTHONPATH": str(ROOT / "src"),
    }  # fmt: skip
    with told.open("w") as output:
        process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=output, stderr=output)
    try:
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < end
                assert process.poll() is None, told.read_text(encoding="utf-8")
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/", told
    finally:
        process.kill()
        process.wait()


def sent(address: str, headers: dict[str, str], body: bytes = BODY) -> int:
    try:
        with urlopen(Request(address, data=body, headers=headers, method="POST"), timeout=30) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


def test_the_receiver_in_the_guide_takes_an_event_once_and_refuses_what_is_forged(receiver: tuple[str, Path]) -> None:
    address, told = receiver
    now = int(time.time())

    assert sent(address, signed(at=now)) == 204
    assert sent(address, signed(at=now)) == 204
    assert sent(address, signed(at=now), BODY.replace(b"5", b"6")) == 400
    assert sent(address, signed(at=now - 3600)) == 400
    assert sent(address, {}) == 400

    lines = [line for line in told.read_text(encoding="utf-8").splitlines() if "order.billed" in line]
    assert lines == ["7 order.billed {'amount_fen': 5}"]
