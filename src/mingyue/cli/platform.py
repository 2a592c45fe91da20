"""`mingyue login`, `mingyue upload`, `mingyue parts`: the shared service from the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from mingyue.cli.credentials import keep, read_credentials
from mingyue.cli.options import CANNOT_BE_MADE, OrganisationOption, OriginOption, UnitsOption
from mingyue.cli.output import LANGUAGE, AsJson, print_json, print_line, print_notes, print_table, progress_bar, tell
from mingyue.errors import BadInputError, why_refused
from mingyue.files import unfinished
from mingyue.phrases import Phrase, say

if TYPE_CHECKING:  # `mingyue.client` speaks over the network; help texts need not wait for it
    from mingyue.client import Check, Client, Finding, Part

_WORST = ("fails", "risk", "note", "fine")
VERDICTS: dict[str, Phrase] = {
    "fails": say("fails"),
    "risk": say("risk"),
    "note": say("note"),
    "fine": say("nothing is predicted to fail"),
}
_STATES: dict[str, Phrase] = {"failed": say("could not be checked"), "cancelled": say("cancelled")}
_SHOWN = 12  # of each check so many findings are shown, the worst first

T = TypeVar("T")
Class = Literal["public", "internal", "confidential", "controlled"]


def login(
    origin: Annotated[
        str, typer.Argument(metavar="ORIGIN", help=tell("Where the platform is, such as https://print.example.org."))
    ],
    key_file: Annotated[
        Path | None, typer.Option("--key-file", help=tell("Read the key from this file instead of asking for it."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue login ORIGIN`."""
    from msgspec import to_builtins

    key = _key_from(key_file) if key_file is not None else _key_asked()
    with _client(origin, key) as client:
        who = client.me()
        where = keep(client.origin, key)
        scopes = ", ".join(who.scopes or ())
        names = ", ".join(named(one.name, one.name_zh) for one in who.organisations)
        if client.origin.startswith("http://") and not _is_here(client.origin):
            print_notes([say("The key travels unencrypted over http://; use https:// where you can.")])
    if as_json:
        print_json({"origin": client.origin, "me": to_builtins(who), "file": where})
        return
    print_line(say("You are {name}, of {organisations}.", name=who.name or who.email, organisations=names))
    print_line(say("The key may: {scopes}. It is kept in {file}.", scopes=scopes, file=where))


def upload(
    parts: Annotated[list[Path], typer.Argument(metavar="PART...", help=tell("Files: STL, OBJ, PLY, 3MF."))],
    units: UnitsOption = None,
    organisation: OrganisationOption = None,
    confidentiality: Annotated[Class, typer.Option("--class", help=tell("Who may see it."))] = "confidential",
    wait: Annotated[bool, typer.Option("--wait", help=tell("Wait for the checks, and say what they found."))] = False,
    timeout_s: Annotated[float, typer.Option("--timeout-s", help=tell("How long --wait waits, in seconds."))] = 600.0,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue upload PART…`."""
    for path in parts:
        _refuse_unreadable(path)
    told: list[dict[str, Any]] = []
    failed = False
    with logged_in(origin) as client:
        for path in parts:
            part = _sent(
                client, path, units=units, organisation=organisation, confidentiality=confidentiality, quiet=as_json
            )
            address = f"{client.origin}/parts/{part.id}/"
            findings: dict[str, list[Finding]] = {}
            if wait:
                part = _checked(client, part, timeout_s=timeout_s, quiet=as_json)
                findings = {check.id: client.findings(check) for check in part.newest.checks if check.verdict}
                failed |= part.newest.state == "refused" or any(one.verdict == "fails" for one in part.newest.checks)
            told.append(_as_json(part, address, findings, waited=wait))
            if not as_json:
                print_line(say("{file} is the part {name}: {address}", file=path, name=part.name, address=address))
                _print_checks(part, findings)
    if as_json:
        print_json({"parts": told})
    if failed:
        raise typer.Exit(CANNOT_BE_MADE)


def list_parts(organisation: OrganisationOption = None, origin: OriginOption = None, as_json: AsJson = False) -> None:
    """`mingyue parts`."""
    from msgspec import to_builtins

    with logged_in(origin) as client:
        found = list(client.parts(organisation=organisation or ""))
    if as_json:
        print_json({"parts": to_builtins(found)})
        return
    if not found:
        print_line(say("No part yet. Upload one with `mingyue upload`."))
        return
    rows = [(one.name, one.confidentiality, one.organisation, f"{one.created_at:%Y-%m-%d}", one.id) for one in found]
    print_table((say("part"), say("class"), say("organisation"), say("since"), say("id")), rows)


def asked(origin: str | None, ask: Callable[[Client], T]) -> T:
    """What the platform that is meant answers."""
    with logged_in(origin) as client:
        return ask(client)


def write_whole(content: bytes, path: Path, *, as_json: bool) -> None:
    """All of it or nothing, and where it is."""
    with unfinished(path) as beside:
        beside.write_bytes(content)
    if as_json:
        print_json({"file": path, "size_bytes": len(content)})
    else:
        print_line(say("Written: {file}", file=path))


def logged_in(origin: str | None) -> Client:
    """The platform that is meant, asked with the key that is kept for it."""
    return _client(*read_credentials().chosen(origin))


def _client(origin: str, key: str) -> Client:
    from mingyue.client import Client

    return Client(origin, key, language=LANGUAGE)


def _key_from(path: Path) -> str:
    try:
        return _key(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = why_refused(error) if isinstance(error, OSError) else say("it is no text in UTF-8")
        raise BadInputError(
            say("{file} cannot be read: {why}.", file=path, why=why),
            remedy=say("Check the path, and that you may read it."),
        ) from error


def _key_asked() -> str:
    """Asked for without echo; read from a pipe as it is."""
    if sys.stdin.isatty():
        return _key(str(typer.prompt(tell("API key"), hide_input=True)))
    return _key(sys.stdin.readline())


def _key(text: str) -> str:
    key = text.strip()
    if not key.startswith("mky_") or not key.isascii() or not key.isprintable() or " " in key:
        raise BadInputError(
            say("This is no API key."), remedy=say("Copy it whole from your organisation's page; it begins with mky_.")
        )
    return key


def _is_here(origin: str) -> bool:
    return origin.removeprefix("http://").partition(":")[0] in {"localhost", "127.0.0.1", "[", "[::1]"}


def named(name: str, name_zh: str) -> str:
    """The one in the language of whoever sits here."""
    return (LANGUAGE == "zh" and name_zh) or name


def _refuse_unreadable(path: Path) -> None:
    """Before anything is sent: of several files none should fail for a mistyped name."""
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise BadInputError(
            say("{file} cannot be read: {why}.", file=path, why=why_refused(error)),
            remedy=say("Check the path, and that you may read it."),
        ) from error


def _sent(
    client: Client, path: Path, *, units: str | None, organisation: str | None, confidentiality: str, quiet: bool
) -> Part:
    with progress_bar(say("bytes"), quiet=quiet) as bar:
        task = None if bar is None else bar.add_task("", total=None)

        def progress(done: int, all_: int) -> None:
            if bar is not None and task is not None:
                bar.update(task, completed=done, total=all_)

        return client.upload(
            path,
            organisation=organisation or "",
            units=_unit(units),
            confidentiality=confidentiality,
            progress=progress,
        )


def _unit(text: str | None) -> str:
    from mingyue.units import length_unit

    if text is None:
        return ""
    unit = length_unit(text)
    if unit is None:
        raise BadInputError(
            say("{unit!r} is no unit of length.", unit=text), remedy=say("Give one of mm, um, nm, cm, m, inch, ft.")
        )
    return unit


def _checked(client: Client, part: Part, *, timeout_s: float, quiet: bool) -> Part:
    with progress_bar(say("checks"), quiet=quiet) as bar:
        task = None if bar is None else bar.add_task("", total=None)

        def progress(now: Part) -> None:
            if bar is not None and task is not None and now.newest.checks:
                ended = sum(check.ended for check in now.newest.checks)
                bar.update(task, completed=ended, total=len(now.newest.checks))

        return client.wait_for_checks(part, timeout_s=timeout_s, progress=progress)


def _print_checks(part: Part, findings: dict[str, list[Finding]]) -> None:
    revision = part.newest
    if revision.problem is not None:
        print_line(say("✗ It cannot be read: {why}", why=revision.problem.message), style="red")
        print_line(revision.problem.remedy)
    for check in revision.checks:
        _print_check(check, findings.get(check.id, []))


def _print_check(check: Check, found: list[Finding]) -> None:
    verdict = VERDICTS.get(check.verdict) or _STATES.get(check.state) or say("not done yet")
    style = {"fails": "red", "fine": "green"}.get(check.verdict)
    print_line(
        say(
            "{machine}, {resin}, layers of {layer:g} µm: {verdict}",
            machine=check.machine["name"], resin=check.resin["name"], layer=check.layer_um, verdict=verdict,
        ),
        style=style,
    )  # fmt: skip
    if check.problem is not None:
        print_line(check.problem.message)
    if found:
        print_table(
            (say("severity"), say("finding"), say("layers"), say("at x, y, z in mm")), map(_row, found[:_SHOWN])
        )
    if len(found) > _SHOWN:
        print_line(say("… and {count:,} more of these kinds; --json lists all.", count=len(found) - _SHOWN))
    for title, remedy in {one.title: one.remedy for one in found[:_SHOWN]}.items():
        print_line(say("{title}: {remedy}", title=title, remedy=remedy))


def _row(found: Finding) -> tuple[object, ...]:
    low, high = found.box_um
    at = ", ".join(f"{(start + end) / 2e3:.3f}" for start, end in zip(low, high, strict=True))
    layers = "–" if found.layers is None else "–".join(dict.fromkeys(str(layer) for layer in found.layers))
    return VERDICTS.get(found.severity, found.severity), found.message, layers, at


def _as_json(part: Part, address: str, findings: dict[str, list[Finding]], *, waited: bool) -> dict[str, Any]:
    from msgspec import to_builtins

    told: dict[str, Any] = {"address": address, "part": to_builtins(part)}
    if waited:
        verdicts = [check.verdict for check in part.newest.checks]
        told["verdict"] = next((worst for worst in _WORST if worst in verdicts), "")
        told["findings"] = to_builtins(findings)
    return told
