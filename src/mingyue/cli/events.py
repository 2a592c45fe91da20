"""`mingyue events`: what happened in an organisation, and what happens next."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mingyue.cli.credentials import read_credentials
from mingyue.cli.options import OrganisationOption, OriginOption
from mingyue.cli.output import LANGUAGE, AsJson, print_json, print_line, tell
from mingyue.phrases import say

if TYPE_CHECKING:  # `mingyue.client` speaks over the network; help texts need not wait for it
    from mingyue.client import Event


def list_events(
    after: Annotated[int, typer.Option("--after", min=0, help=tell("Begin after the event of this number."))] = 0,
    kind: Annotated[
        str, typer.Option("--kind", help=tell("Only such, as order.billed, or quote.* for all about quotes."))
    ] = "",
    follow: Annotated[
        bool, typer.Option("--follow", help=tell("Go on with what happens next, until it is stopped."))
    ] = False,
    organisation: OrganisationOption = None,
    origin: OriginOption = None,
    as_json: AsJson = False,
) -> None:
    """`mingyue events`."""
    from mingyue.client import Client

    address, key = read_credentials().chosen(origin)
    with Client(address, key, language=LANGUAGE) as client:
        found = client.events(after=after, kind=kind, organisation=organisation or "", follow=follow)
        if as_json and not follow:
            print_json({"events": [_as_json(event) for event in found]})
            return
        for event in found:
            _print(event, as_json=as_json)


def _print(event: Event, *, as_json: bool) -> None:
    """One line, which leaves at once: whoever follows waits for it."""
    if as_json:
        sys.stdout.write(json.dumps(_as_json(event)) + "\n")
    else:
        print_line(
            say(
                "{number:>6}  {at}  {type}  {kind} {id}",
                number=event.number, at=f"{event.at:%Y-%m-%d %H:%M:%S}Z", type=event.type,
                kind=event.subject["kind"], id=event.subject["id"],
            )
        )  # fmt: skip
    sys.stdout.flush()


def _as_json(event: Event) -> Any:
    from msgspec import to_builtins

    return to_builtins(event)
