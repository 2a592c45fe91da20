"""Each contract between the layers holds, and breaks when somebody breaks it: a copy of the code is made to."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# contract → where the offence is written, and the offence
OFFENCES = {
    "house": [
        ("printing/profiles/machines.py", "import mingyue.cli"),
        ("units.py", "import mingyue.printing.runs"),
        ("phrases.py", "import mingyue.errors"),
        ("shop.py", '"""A package that nobody listed."""'),
        ("web/people/rules.py", "import mingyue.cli"),
        ("cli/serve.py", "import mingyue.web"),
        ("client/__init__.py", "import mingyue.web"),
    ],
    "no-web": [("printing/chain.py", "import django.db"), ("printing/formats/parts.py", "import rich")],
    "flow": [
        ("printing/masks.py", "import mingyue.printing.chain"),
        ("printing/meshes.py", "import mingyue.printing.layers"),
        ("printing/runs.py", "import mingyue.printing.masks"),
        ("printing/novelty.py", '"""A module that nobody placed."""'),
    ],
    "inside": [
        ("printing/curing/optics.py", "import mingyue.printing.curing.solids"),
        ("printing/mending/novelty.py", '"""A module that nobody placed."""'),
    ],
    "apps": [
        ("web/people/rules.py", "import mingyue.web.parts.models"),
        ("web/records/models.py", "import mingyue.web.people.models"),
        ("web/site/views.py", "import mingyue.web.serving.postgres"),
        ("web/shop.py", '"""An app that nobody placed."""'),
    ],
    "orders": [
        ("web/orders/pricing/prices.py", "import mingyue.web.orders.models"),
        ("web/orders/ledger/books.py", "import mingyue.web.orders.ordering"),
        ("web/orders/queries.py", "import mingyue.web.orders.pages.lists"),
        ("web/orders/novelty.py", '"""A module that nobody placed."""'),
    ],
    "bridges": [
        ("web/parts/services.py", "import mingyue.printing.checks"),
        ("web/site/views.py", "from mingyue.printing import meshes"),
    ],
    "kernels": [
        ("printing/kernels/fast.py", "import mingyue.errors"),
        ("printing/kernels/fast.py", "import PIL"),
    ],
}


def contracts() -> list[dict[str, str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["tool"]["importlinter"]["contracts"]


def lint(tree: Path, contract: str) -> subprocess.CompletedProcess[str]:
    run = "from importlinter.cli import lint_imports_command as c; c()"
    options = ["--config", str(tree / "pyproject.toml"), "--contract", contract, "--no-cache"]
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tree / 'src')!r}); {run}", *options],
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_is_shown_to_break() -> None:
    assert {contract["id"] for contract in contracts()} == set(OFFENCES)


@pytest.mark.parametrize(
    ("contract", "place", "offence"),
    [(contract, *offence) for contract, offences in OFFENCES.items() for offence in offences],
)
def test_an_offence_breaks_its_contract(tmp_path: Path, contract: str, place: str, offence: str) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    victim = tmp_path / "src" / "mingyue" / place
    victim.write_text((victim.read_text(encoding="utf-8") if victim.exists() else "") + f"\n{offence}\n")

    verdict = lint(tmp_path, contract)

    assert verdict.returncode == 1, verdict.stdout + verdict.stderr
    assert "BROKEN" in verdict.stdout


@pytest.mark.parametrize("contract", sorted(OFFENCES))
def test_the_code_as_it_is_keeps_its_contracts(contract: str) -> None:
    verdict = lint(ROOT, contract)

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert "1 kept, 0 broken" in verdict.stdout
