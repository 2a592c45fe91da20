"""A build imports what it needs and nothing else: starting up is most of what a small part costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from mingyue.printing.formats.stl import write_stl
from mingyue.printing.kernels.compiled import runs_as
from tests.solids import box

HEAVY = {"pydantic", "rich", "PIL", "scipy", "skimage", "numba", "dask", "fsspec", "lib3mf", "manifold3d", "email"}


def test_a_build_that_prints_json_waits_for_nothing_it_does_not_use(tmp_path: Path) -> None:
    assert runs_as() == "library"  # made now if nobody has: whoever compiles imports the compiler
    write_stl(box((0, 0, 0), (100, 100, 50)), tmp_path / "box.stl", unit="mm")
    code = (
        "import sys, contextlib, io\n"
        "from mingyue.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    main(['build', 'box.stl', '--units', 'mm', '--json', '-o', 'job.zip'])\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )

    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert ended.stdout.strip() == "[]"
    assert (tmp_path / "job.zip").exists()


def test_the_first_run_on_a_machine_says_that_it_compiles(tmp_path: Path) -> None:
    write_stl(box((0, 0, 0), (100, 100, 50)), tmp_path / "box.stl", unit="mm")
    command = [sys.executable, "-m", "mingyue", "build", "box.stl", "--units", "mm", "--json", "-o", "job.zip"]
    apart = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "MINGYUE_LANG": "en"}

    first, second = (
        subprocess.run(command, cwd=tmp_path, env=apart, capture_output=True, text=True, check=True) for _ in range(2)
    )

    assert first.stderr.startswith("Compiling for this processor; that is done once and takes some seconds.\n")
    assert "Compiling" not in second.stderr
    assert json.loads(first.stdout)["layers"] == json.loads(second.stdout)["layers"]
