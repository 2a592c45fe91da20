"""The teller of a real `mingyue serve`: told at once, killed in the middle, left without a database; nothing is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from mingyue.client import Client, verify_webhook
from tests.web.notices.receiver import Receiver, receiving
from tests.web.serving.breaking import asked
from tests.web.serving.demonstrated import client, key, served
from tests.web.serving.running import Served, mingyue, until

__all__ = ["client", "key", "served"]  # fixtures

HOOKS = "/organisations/jialing-university/webhooks/"
ENGINEER = "engineer@mingyue.example"


@pytest.fixture(scope="module")
def owner(served: Served) -> Iterator[httpx.Client]:
    """The browser of an owner who is signed in."""
    passwords = json.loads((served.home / "demonstration.json").read_text(encoding="utf-8"))["passwords"]
    with httpx.Client(base_url=served.address, follow_redirects=True, timeout=30) as browser:
        browser.get("/accounts/login/")
        said = {"login": ENGINEER, "password": passwords[ENGINEER], "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        assert browser.post("/accounts/login/", data=said).status_code == 200
        yield browser


def posted(browser: httpx.Client, address: str, **said: str) -> str:
    answer = browser.post(address, data=said | {"csrfmiddlewaretoken": browser.cookies["csrftoken"]})
    assert answer.status_code == 200, answer.text
    return answer.text


def hooked(browser: httpx.Client, receiver: Receiver) -> tuple[str, str]:
    """The address of a new webhook's page, and its secret."""
    page = posted(browser, HOOKS, url=receiver.url, kinds="nothing.*")  # tests reach it nevertheless
    secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", page)
    links = re.findall(rf'href="({HOOKS}[0-9a-f-]{{36}}/)"', page)
    assert secret
    return links[0], secret[0]


def delivery(served: Served, delivery_id: str) -> tuple[str, int]:
    """State and attempts."""
    ((state, attempts),) = asked(served, "SELECT state, attempts FROM notices_delivery WHERE id = %s", delivery_id)
    return state, attempts


def pids(served: Served) -> set[int]:
    """Of the tellers that run."""
    return {one.pid for one in served.children("serving.teller")}


def test_what_happens_is_told_at_once(served: Served, owner: httpx.Client) -> None:
    with receiving() as receiver:
        page, secret = hooked(owner, receiver)
        posted(owner, f"{page}test/")
        until(lambda: receiver.calls)

    (call,) = receiver.calls
    event = verify_webhook(secret, call.headers, call.body)
    assert (event.type, event.organisation) == ("webhook.tested", "jialing-university")
    until(lambda: delivery(served, call.headers["webhook-id"]) == ("delivered", 1))


def test_a_teller_that_is_killed_while_it_sends_sends_the_same_again(served: Served, owner: httpx.Client) -> None:
    with receiving("silent", "well") as receiver:
        page, secret = hooked(owner, receiver)
        posted(owner, f"{page}test/")
        until(lambda: receiver.calls)  # it has come, and is not answered
        (doomed,) = served.children("serving.teller")
        doomed.kill()
        until(lambda: pids(served) - {doomed.pid})
        assert delivery(served, receiver.ids[0]) == ("due", 1)
        # The claim of the dead one runs out.
        asked(served, "UPDATE notices_delivery SET next_at = now() WHERE id = %s", receiver.ids[0])
        until(lambda: len(receiver.calls) == 2)
        until(lambda: delivery(served, receiver.ids[0]) == ("delivered", 2))

    assert len(set(receiver.ids)) == 1
    assert len({verify_webhook(secret, call.headers, call.body).id for call in receiver.calls}) == 1
    assert "teller ended (SIGKILL), starts again" in served.log()


def test_an_event_that_cannot_be_told_is_set_aside_and_stops_nobody(served: Served, owner: httpx.Client) -> None:
    """It names no check that there could be. Whoever tells is killed again and again meanwhile."""
    with receiving() as receiver:
        page, _ = hooked(owner, receiver)
        (doomed,) = served.children("serving.teller")
        doomed.suspend()
        asked(
            served,
            "WITH chain AS (UPDATE records_chain SET count = count + 1 WHERE organisation_id ="
            " (SELECT id FROM people_organisation WHERE slug = 'jialing-university') RETURNING organisation_id, count)"
            " INSERT INTO records_event (id, organisation_id, number, at, what, subject_kind, subject_id, facts,"
            " previous, digest) SELECT gen_random_uuid(), organisation_id, count, now(), 'check.done', 'parts.check',"
            " 'none', '{}', '', '' FROM chain",
        )
        posted(owner, f"{page}test/")
        doomed.resume()
        for _ in range(3):
            for teller in served.children("serving.teller"):
                teller.kill()
            until(lambda: pids(served))
        until(lambda: receiver.calls)  # told after it

    until(lambda: json.loads(served.get("/ready")[1])["teller"] == {"behind_s": 0.0, "set_aside": 1})
    assert len(set(receiver.ids)) == 1
    named = mingyue(served.home, "manage", "untold")
    assert (named.returncode, len(named.stdout.splitlines())) == (1, 2)
    assert "jialing-university, event" in named.stdout
    assert "check.done: django.core.exceptions.ValidationError" in named.stdout
    again = mingyue(served.home, "manage", "tell_again")
    assert (again.returncode, again.stdout) == (1, "Told: 0. Still set aside: 1.\n")


def test_a_teller_hears_again_when_the_database_was_started_anew(served: Served, owner: httpx.Client) -> None:
    with receiving() as receiver:
        page, _ = hooked(owner, receiver)
        before, (postmaster,) = pids(served), served.children("unix_socket_directories")
        postmaster.kill()
        until(lambda: (again := served.children("unix_socket_directories")) and again[0].pid != postmaster.pid)
        until(served.ready)
        posted(owner, f"{page}test/")
        until(lambda: receiver.calls)

    assert pids(served) == before


def test_who_follows_reads_what_happened_and_then_what_happens(
    served: Served, owner: httpx.Client, client: Client
) -> None:
    events = list(client.events())
    assert [later.number - earlier.number for earlier, later in pairwise(events)] == [1] * (len(events) - 1)
    assert events[0].type == "organisation.created"
    following = client.events(after=events[-1].number, kind="webhook.*", follow=True)

    with receiving() as receiver:
        page, _ = hooked(owner, receiver)
        posted(owner, f"{page}test/")
        heard = [next(following), next(following)]

    assert [one.type for one in heard] == ["webhook.made", "webhook.tested"]
    assert heard[0].subject == heard[1].subject
    assert page.endswith(f"{heard[0].subject['id']}/")


def test_a_shell_lists_events(served: Served, key: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(key, encoding="utf-8")
    settings = {"XDG_CONFIG_HOME": str(tmp_path)}
    logged_in = mingyue(tmp_path, "login", served.address, "--key-file", str(tmp_path / "key"), **settings)
    assert logged_in.returncode == 0, logged_in.stderr

    told = mingyue(tmp_path, "events", "--kind", "organisation.created", "--json", **settings)
    read = mingyue(tmp_path, "events", "--kind", "organisation.created", **settings)
    none = mingyue(tmp_path, "events", "--after", "9999999", "--json", **settings)

    (event,) = json.loads(told.stdout)["events"]
    assert (event["type"], event["organisation"], event["number"]) == ("organisation.created", "jialing-university", 1)
    assert (
        read.stdout
        == f"     1  {event['at'][:10]} {event['at'][11:19]}Z  organisation.created  {' '.join(event['subject'].values())}\n"
    )
    assert json.loads(none.stdout) == {"events": []}
