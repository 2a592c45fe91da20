"""A real `mingyue serve` on this machine with made-up people, and what its processes weigh."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
_START_S = 120.0
_STOP_S = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """One that answers at `address`; home: its data; process: of `mingyue serve`."""

    home: Path
    address: str
    process: psutil.Process

    def crowd(self, *words: str) -> list[dict[str, Any]]:
        """What `crowd.py` made and said."""
        command = [sys.executable, "-m", "benchmarks.crowd", *words]
        told = subprocess.run(command, cwd=ROOT, env=_environment(self.home), stdout=subprocess.PIPE, check=True)
        return json.loads(told.stdout)


@contextmanager
def served(home: Path) -> Iterator[Served]:
    """Start it on a free port with demonstration data; it is stopped afterwards, and killed where it does not stop."""
    place = home.with_name(f"{home.name}.ready")
    place.unlink(missing_ok=True)
    with home.with_name(f"{home.name}.log").open("ab") as log:
        command = _mingyue("serve", "--port", "0", "--ready-file", str(place))
        process = subprocess.Popen(command, env=_environment(home), stdout=log, stderr=log)
    try:
        address = _address(place, process)
        if not (home / "demonstration.json").exists():
            subprocess.run(_mingyue("manage", "demonstrate"), env=_environment(home), stdout=sys.stderr, check=True)
        yield Served(home, address, psutil.Process(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _mingyue(*words: str) -> list[str]:
    return [sys.executable, "-m", "mingyue", *words]


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR"}}
    return kept | {
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "MINGYUE_HOME": str(home),
        "MINGYUE_LANG": "en",
        "DJANGO_SETTINGS_MODULE": "mingyue.web.site.settings",
    }


def _address(place: Path, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + _START_S
    while not place.exists() or not place.read_text().strip():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"mingyue serve did not start: see {place.with_suffix('.log')}")
        time.sleep(0.1)
    return place.read_text().strip()


def memory_mib(root: psutil.Process) -> dict[str, tuple[int, float]]:
    """Kind of process → how many there are, and their proportional memory: what several share is divided among them."""
    found: dict[str, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for process in [root, *root.children(recursive=True)]:
        try:
            kind, mib = _kind(process), process.memory_full_info().pss / 2**20
        except psutil.Error:
            continue
        count, sum_mib = found[kind]
        found[kind] = (count + 1, sum_mib + mib)
    return dict(found)


def cpu_s(root: psutil.Process) -> tuple[float, float]:
    """Processor seconds so far: of what runs all the time, and of the engine, which is a process for each job."""
    serving_s = engine_s = 0.0
    for process in [root, *root.children(recursive=True)]:
        try:
            kind, times = _kind(process), process.cpu_times()
        except psutil.Error:
            continue
        if kind == "engine":
            engine_s += times.user + times.system
        else:
            serving_s += times.user + times.system
        if kind == "worker":
            engine_s += times.children_user + times.children_system
    return serving_s, engine_s


def _kind(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    if "postgres" in process.name():
        return "database"
    for part, kind in (
        ("serving.web", "web"),
        ("serving.worker", "worker"),
        ("serving.teller", "teller"),
        ("bridge.engine", "engine"),
    ):
        if part in words:
            return kind
    return "serve"
