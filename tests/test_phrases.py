"""What Mingyue says, it says in English and in Chinese: nothing is left out, left over, or glued together."""

from __future__ import annotations

import ast
import copy
import importlib
import json
import os
import pickle
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import typer

import mingyue
from mingyue.cli.app import COMMANDS as TABLE
from mingyue.cli.app import GROUPS, app, command
from mingyue.cli.output import print_json
from mingyue.errors import BadInputError, MingyueError, why_refused
from mingyue.phrases import (
    Phrase,
    add_tables,
    chinese,
    in_language,
    language_of_environment,
    names_of,
    read_table,
    say,
    together,
)
from mingyue.printing.profiles.sourced import Title
from mingyue.web.site.reference.operations import sentences_of
from mingyue.web.site.reference.pages import described
from tests.web.templates import TEMPLATES, Said, said_in_template

ROOT = Path(__file__).parents[1]
WEB = ROOT / "src" / "mingyue" / "web"
TABLES = [ROOT / "src" / "mingyue" / "phrases.zh.toml", *sorted(WEB.glob("*/phrases.zh.toml"))]
SOURCES = sorted([*(ROOT / "src" / "mingyue").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")])
COMMANDS = [
    "machines",
    "resins",
    "samples",
    "inspect",
    "repair",
    "check",
    "orient",
    "support",
    "build",
    "simulate",
    "compensate",
    "convert",
    "report",
    "calibrate",
    "coupon",
    "login",
    "upload",
    "parts",
    "quote ask",
    "quote list",
    "quote show",
    "quote say",
    "quote approve",
    "quote accept",
    "quote withdraw",
    "quote review",
    "quote release",
    "quote waiting",
    "quote decline",
    "quote replace",
    "quote pdf",
    "order list",
    "order show",
    "order pdf",
    "order cancel",
    "order invoices",
    "order ledger",
    "order advance",
    "order bill",
    "order payment",
    "order refund",
    "order write-off",
    "order void",
    "order credit",
    "ledger",
    "events",
    "serve",
    "manage",
]

add_tables(WEB)

# --- what is said in the source ---------------------------------------------------------------------------------


def said_in(source: str) -> Iterator[ast.Call]:
    """Calls of say, said and tell, but for the one by which tell itself says."""
    tree = ast.parse(source)
    inside_tell = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == "tell"
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node not in inside_tell and is_say(node.func):
            yield node


def said_by(path: Path) -> Iterator[ast.Call]:
    """What a file says. In the platform `tell` tells a database or a caller, and what it tells was said already."""
    calls = said_in(path.read_text(encoding="utf-8"))
    return (call for call in calls if WEB not in path.parents or name_of(call.func) != "tell")


def is_say(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"say", "said", "tell"}  # files `.tell()` something else


def name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def template_of(call: ast.Call) -> str | None:
    literal = call.args[0] if len(call.args) == 1 else None
    return literal.value if isinstance(literal, ast.Constant) and isinstance(literal.value, str) else None


def faults_of(call: ast.Call) -> str | None:
    """Why this call of say or tell cannot be translated, or None."""
    return fault_of(template_of(call), {keyword.arg for keyword in call.keywords})


def fault_of(template: str | None, given: Iterable[str | None]) -> str | None:
    """Why a template with these values cannot be translated, or None."""
    if template is None:
        return "its template is no literal"
    given = set(given)
    if given and given != names_of(template):
        return "it gives other names than its template uses"
    if not given and names_of(template):
        return "it gives no values for its names"
    return None


def plain_words_in(source: str, errors: set[str]) -> Iterator[int]:
    """Lines where an error gets a message or a remedy that is a plain string, formatted or glued together."""
    tree = ast.parse(source)
    within = {
        node: parent.name
        for parent in ast.walk(tree)
        if isinstance(parent, ast.ClassDef) and parent.name in errors
        for node in ast.walk(parent)
    }
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        is_super = isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "super().__init__"
        if name_of(call.func) in errors or (is_super and call in within):
            place = 1 if name_of(call.func) == "InvalidError" else 0  # its first argument is the field's name
            texts = [
                *call.args[place : place + 1],
                *(keyword.value for keyword in call.keywords if keyword.arg == "remedy"),
            ]
            if any(is_plain(text) for text in texts):
                yield call.lineno


def is_plain(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def places_of(template: str) -> Counter[tuple[str, str, str]]:
    """The places of a template, each with its name, format and conversion."""
    return Counter(
        (name, spec or "", how or "") for _, name, spec, how in Formatter().parse(template) if name is not None
    )


def error_classes() -> list[type[MingyueError]]:
    for module in pkgutil.walk_packages(mingyue.__path__, "mingyue."):
        if not module.name.endswith(("__main__", ".asgi")):  # these start something
            importlib.import_module(module.name)
    found: list[type[MingyueError]] = [MingyueError]
    for kind in found:
        found += [below for below in kind.__subclasses__() if below not in found]
    return [kind for kind in found if kind.__module__.startswith("mingyue.")]


# What the API's description says of operations, parameters and shapes: docstrings, and therefore literals.
DESCRIBED = sentences_of(described())
SAID_IN_PAGES = [(path, tag) for path in TEMPLATES for tag in said_in_template(path.read_text(encoding="utf-8"))]
SAID = {
    template: f"{path.relative_to(ROOT)}:{call.lineno}"
    for path in SOURCES
    for call in said_by(path)
    if (template := template_of(call)) is not None
} | {tag.template: f"{path.relative_to(ROOT)}:{tag.line}" for path, tag in SAID_IN_PAGES if tag.template is not None}
SAID |= dict.fromkeys(DESCRIBED, "/api/openapi.json")


def test_every_phrase_has_a_literal_template_and_exactly_its_values() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{call.lineno}: {fault}"
        for path in SOURCES
        for call in said_by(path)
        if (fault := faults_of(call))
    ]

    assert faults == []
    assert len(SAID) > 300


def test_every_phrase_of_a_page_has_a_literal_template_and_exactly_its_values() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{tag.line}: {fault}"
        for path, tag in SAID_IN_PAGES
        if (fault := fault_of(tag.template, tag.names))
    ]

    assert faults == []


@pytest.mark.parametrize(
    "offence",
    ["{% say text %}", '{% say "{a} is odd" %}', '{% say "{a} is odd" b=1 %}', '{% say "odd" a=1 as b %}'],
)
def test_a_phrase_of_a_page_that_cannot_be_translated_is_found(offence: str) -> None:
    (tag,) = said_in_template(f"<p>\n{offence}</p>")

    assert tag.line == 2
    assert fault_of(tag.template, tag.names)


def test_a_phrase_of_a_page_is_read_as_django_reads_it() -> None:
    page = """{% say 'It is "so"' %}{% say "{a:,} of {b}" a=x|default:"no" b="one two" as c %}{# {% say "no" %} #}"""

    assert list(said_in_template(page)) == [
        Said('It is "so"', frozenset(), 1),
        Said("{a:,} of {b}", frozenset({"a", "b"}), 1),
    ]


@pytest.mark.parametrize(
    "offence",
    [
        'say(f"{x} is odd")',
        "say(text)",
        'say("a" + "b")',
        'tell("{a} is odd")',
        'say("{a} is odd", b=1)',
        'say("{a} is odd", **values)',
        'say("odd", a=1)',
    ],
)
def test_a_phrase_that_cannot_be_translated_is_found(offence: str) -> None:
    (call,) = said_in(offence)

    assert faults_of(call)


def test_every_phrase_is_said_in_chinese_and_no_translation_is_left_over() -> None:
    assert {place: template for template, place in SAID.items() if template not in chinese()} == {}
    assert set(chinese()) - set(SAID) == set()


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.parent.name)
def test_no_table_translates_a_phrase_twice(path: Path) -> None:
    groups = tomllib.loads(path.read_text(encoding="utf-8"))
    counts = Counter(english for group in groups.values() for english in group)

    assert [english for english, count in counts.items() if count > 1] == []


def test_tables_that_translate_the_same_phrase_agree() -> None:
    told = {(english, zh) for path in TABLES for english, zh in read_table(path).items()}

    assert [english for english, count in Counter(english for english, _ in told).items() if count > 1] == []


@pytest.mark.parametrize(("english", "zh"), chinese().items())
def test_a_translation_has_the_same_places_and_is_chinese(english: str, zh: str) -> None:
    words = "".join(text for text, _, _, _ in Formatter().parse(english))

    assert names_of(english) == names_of(zh)
    assert set(places_of(english)) == set(places_of(zh))
    assert bool(re.search(r"[\u4e00-\u9fff]", zh)) == bool(re.search(r"[A-Za-z]{2}", words))
    for stop, full in ((".", "。"), (":", "：")):
        if not english.endswith("..."):
            assert english.rstrip().endswith(stop) == zh.endswith(full)


@pytest.mark.parametrize("template", SAID)
def test_the_formats_of_a_template_work(template: str) -> None:
    for _, spec, _ in places_of(template):
        assert any(formats(value, spec) for value in (3, 2.5, "text")), spec


def formats(value: object, spec: str) -> bool:
    try:
        format(value, spec)
    except ValueError:
        return False
    return True


# --- errors -------------------------------------------------------------------------------------------------------


def test_no_error_speaks_in_plain_strings() -> None:
    errors = {kind.__name__ for kind in error_classes()}

    assert [
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCES
        for line in plain_words_in(path.read_text(encoding="utf-8"), errors)
    ] == []
    assert {"OpenMeshError", "PackageError", "MachineLimitError"} <= errors


@pytest.mark.parametrize(
    "offence",
    [
        'raise OddError("It is odd.", remedy=say("Mend it."))',
        'raise OddError(say("It is odd."), remedy="Mend it.")',
        'raise OddError(f"{x} is odd.", remedy=say("Mend it."))',
        'raise InvalidError("field", "It is odd.")',
        'return OddError(say("It is ") + x, remedy=say("Mend it."))',
        'class OddError(BadInputError):\n def __init__(self):\n  super().__init__(f"odd {x}", remedy=say("Mend it."))',
    ],
)
def test_an_error_that_speaks_in_plain_strings_is_found(offence: str) -> None:
    assert len(list(plain_words_in(offence, {"OddError", "InvalidError"}))) == 1


# Errors that make their own message; all others take a message and a remedy.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "InvalidError": {"field": "name", "message": say("Correct this field, and send it again.")},
    "NotFoundError": {},
    "RefusedError": {"reasons": [say("Correct this field, and send it again.")]},
    "OpenMeshError": {"open_edges": 3, "first_at_um": (1.0, 2.0, 3.0)},
    "RepairFailedError": {"what": say("closed flat holes"), "at_um": (1.0, 2.0, 3.0), "remedy": say("Check the name.")},
}


@pytest.mark.parametrize("again", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
@pytest.mark.parametrize("kind", error_classes())
def test_an_error_travels_between_processes_whole(kind: type[MingyueError], again: Any) -> None:
    error = (
        kind(**ARGUMENTS[kind.__name__])
        if kind.__name__ in ARGUMENTS
        else kind(say("{file} is empty.", file="a.stl"), remedy=say("Check the name."))
    )

    arrived = again(error)

    assert type(arrived) is kind
    assert str(arrived) == str(error) == error.message
    assert (arrived.args, vars(arrived), arrived.exit_code) == (error.args, vars(error), error.exit_code)
    for told, meant in ((arrived.message, error.message), (arrived.remedy, error.remedy)):
        assert in_language(told, "zh") == in_language(meant, "zh") != meant


def test_an_operating_system_is_quoted_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as missing:
        (tmp_path / "none").read_bytes()
    said = why_refused(missing.value)

    assert said == "No such file or directory"
    assert in_language(said, "zh") == "没有这个文件或目录"
    assert why_refused(OSError(9999, "Moon in the wrong house")) == "Moon in the wrong house"


# --- phrases ------------------------------------------------------------------------------------------------------


def test_a_phrase_is_its_english_sentence() -> None:
    phrase = say("{file} {what}, more than {limit:,}.", file="a.stl", what=say("is encrypted"), limit=1234)

    assert phrase == "a.stl is encrypted, more than 1,234."
    assert in_language(phrase, "en") is phrase
    assert hash(phrase) == hash("a.stl is encrypted, more than 1,234.")
    assert json.loads(json.dumps(phrase)) == phrase
    assert (phrase.template, phrase.values["limit"]) == ("{file} {what}, more than {limit:,}.", 1234)


def test_values_that_are_phrases_or_titles_are_translated_too() -> None:
    title = Title("S230 class", "S230 级")
    inner = say("{what}, the first at {place}", what=say("closed flat holes"), place="(1, 2)")
    limit = say("{machine} prints layers of {thinnest:g} to {thickest:g} µm, not {layer:g} µm",
                machine=title, thinnest=1.0, thickest=20.0, layer=50.0)  # fmt: skip

    assert in_language(say("{what}.", what=inner), "zh") == "闭合平面孔洞，首处位于 (1, 2)。"
    assert limit == "S230 class prints layers of 1 to 20 µm, not 50 µm"
    assert in_language(limit, "zh") == "“S230 级”可打印的层厚为 1 到 20 µm，50 µm 不在其内"


def test_several_phrases_are_one_and_each_is_translated() -> None:
    both = together([say("{file} is empty.", file="{a}"), say("{what}.", what=say("is encrypted"))], say(" "))

    assert both == "{a} is empty. is encrypted."
    assert in_language(both, "zh") == "{a} 是空文件。已加密。"
    assert together([], " ") == ""


def test_what_is_no_phrase_or_has_no_translation_stays_as_it_is() -> None:
    assert in_language("is encrypted", "zh") == "is encrypted"
    assert in_language(Phrase("nobody wrote {this}", {"this": say("is encrypted")}), "zh") == "nobody wrote 已加密"
    assert in_language(Phrase("{} is literal without values", {}), "zh") == "{} is literal without values"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_phrase_survives_pickling(protocol: int) -> None:
    phrase = say("{what}.", what=say("is encrypted"))

    arrived = pickle.loads(pickle.dumps(phrase, protocol))

    assert (type(arrived), arrived, in_language(arrived, "zh")) == (Phrase, "is encrypted.", "已加密。")


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "de_DE"}, "en"),
        ({"LANG": "en_GB", "MINGYUE_LANG": "ZH"}, "zh"),
        ({"LANG": "zh_CN", "MINGYUE_LANG": ""}, "zh"),
    ],
)
def test_the_language_is_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], language: str
) -> None:
    for name in ("MINGYUE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    assert language_of_environment() == language


def test_nobody_reads_the_translations_before_they_are_wanted() -> None:
    code = "import sys; from mingyue.errors import MingyueError; print({'tomllib', 'numpy', 'rich'} & set(sys.modules))"

    assert run_python("-c", code).stdout.strip() == "set()"


# --- the command line in Chinese ----------------------------------------------------------------------------------


def run_python(*arguments: object, lang: str = "zh", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"MINGYUE_LANG": lang, "COLUMNS": "300", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False, cwd=cwd)


@pytest.fixture(scope="module")
def helps() -> dict[str, str]:
    """The help of each command in Chinese, of the whole under the empty name."""
    code = (
        "import contextlib, io, json\n"
        "from mingyue.cli import main\n"
        "said = {}\n"
        f"for name in {['', *GROUPS, *COMMANDS]!r}:\n"
        "    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):\n"
        "        main([*name.split(), '--help'])\n"
        "    said[name] = out.getvalue()\n"
        "print(json.dumps(said))"
    )
    ended = run_python("-c", code)
    assert ended.returncode == 0, ended.stderr
    said: dict[str, str] = json.loads(ended.stdout)
    return said


def test_all_commands_are_looked_at() -> None:
    assert list(TABLE) == COMMANDS


@pytest.mark.parametrize("name", GROUPS)
def test_the_help_of_a_group_is_chinese(helps: dict[str, str], name: str) -> None:
    said = [GROUPS[name], *(text for whole, (_, text) in TABLE.items() if whole.startswith(f"{name} "))]

    assert len(said) > 5
    assert [text for text in said if chinese()[text] not in helps[name]] == []
    assert re.findall(r"[A-Za-z']+(?: [A-Za-z']+){2,}", helps[name]) == []


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_chinese_throughout(helps: dict[str, str], name: str) -> None:
    whole = typer.main.get_command(app)
    asked = command(name) if name else whole
    params = asked.get_params(asked.make_context(name, [], resilient_parsing=True))
    told = [text for text in (asked.help, *(getattr(param, "help", None) for param in params)) if text]

    assert len(told) == 1 + len(params)
    assert [text for text in told if chinese()[text] not in helps[name]] == []
    assert re.findall(r"[A-Za-z']+(?: [A-Za-z']+){2,}", helps[name].replace(f" {name} ", " ")) == []
    assert "用法：" in helps[name]
    assert "选项" in helps[name]


def test_an_error_and_its_remedy_are_chinese(tmp_path: Path) -> None:
    ended = run_python("-m", "mingyue", "build", "missing.stl", cwd=tmp_path)

    assert ended.returncode == BadInputError.exit_code
    assert ended.stdout == ""
    assert ended.stderr == "错误：无法打开 missing.stl：没有这个文件或目录。\n处理办法：请检查路径及其权限。\n"


def test_a_program_reads_the_same_json_in_every_language(tmp_path: Path) -> None:
    facet = "facet normal 0 0 1 outer loop vertex 0 0 0 vertex 1 0 0 vertex 0 1 0 endloop endfacet\n"
    (tmp_path / "sheet.stl").write_text(f"solid\n{facet}endsolid\n")
    asked = ("-m", "mingyue", "inspect", "sheet.stl", "--units", "um")

    english, zh = (run_python(*asked, "--json", lang=lang, cwd=tmp_path).stdout for lang in ("en", "zh"))

    assert zh == english
    assert json.loads(english)["reasons"][0]["message"].startswith("3 edges are open, in 1 holes")
    assert "有 3 条开放边，形成 1 个孔洞" in run_python(*asked, cwd=tmp_path).stdout


def test_a_phrase_in_json_is_its_english(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"notes": (say("{file} is empty.", file="a"),)})

    assert json.loads(capsys.readouterr().out) == {"notes": ["a is empty."]}
