"""kill -9 of whatever serves, in the middle of what it does: nothing acknowledged is lost, nothing doubled, all ends."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from mingyue.client import Client
from mingyue.client.calls import Caller
from tests.web.parts.conftest import box_stl
from tests.web.serving.breaking import Upload, asked, engines, frozen, gone
from tests.web.serving.demonstrated import REAL, WAYS, caller, client, key, served
from tests.web.serving.running import Served, left_behind, mingyue, serve, until

__all__ = ["caller", "client", "key", "served"]  # fixtures

# One module-wide server, restarted by one test. Each test stands alone; together they are quicker.


def large(text: str) -> bytes:
    """A little box as a file of 12 MiB that no other file equals."""
    corners = "v 0 0 0\nv 0.1 0 0\nv 0.1 0.1 0\nv 0 0.1 0\nv 0 0 0.1\nv 0.1 0 0.1\nv 0.1 0.1 0.1\nv 0 0.1 0.1\n"
    faces = "f 4 3 2 1\nf 5 6 7 8\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8\n"
    comment = f"# {text} ".ljust(1023, ".") + "\n"
    return (comment * (12 << 10) + corners + faces).encode()


def added(caller: Caller, upload: Upload, name: str) -> str:
    """The part that an upload becomes; its id."""
    said = {"upload": upload.id, "name": name, "units": "mm"}
    return str(caller("POST", "/api/parts", body=said, headers={"Idempotency-Key": uuid4().hex}).json()["id"])


def small(caller: Caller, content: bytes, name: str) -> str:
    """The part that a file of one piece becomes; its id."""
    upload = Upload(caller, content, "small.stl")
    upload.send(len(content))
    return added(caller, upload, name)


def whole(served: Served, client: Client, caller: Caller, part_id: str, content: bytes) -> None:
    """The part is there once, as it was sent, and was checked once for each way of making it."""
    part = client.wait_for_checks(part_id, timeout_s=60)
    (revision,) = part.revisions
    assert revision.state == "read", revision.problem
    assert [check.state for check in revision.checks] == ["done"] * WAYS
    assert len({(check.machine["id"], check.resin["id"], check.layer_um) for check in revision.checks}) == WAYS
    found = "SELECT digest, size_bytes FROM parts_revision r JOIN records_blob b ON b.id = r.blob_id WHERE r.id = %s"
    assert asked(served, found, revision.id) == [(hashlib.sha256(content).hexdigest(), len(content))]
    assert caller("GET", f"/api/revisions/{revision.id}/file").body == content
    told = "SELECT what, count(*) FROM records_event WHERE subject_id = ANY(%s) GROUP BY 1"
    subjects = [part_id, revision.id, *(check.id for check in revision.checks)]
    assert dict(asked(served, told, subjects)) == {"part.added": 1, "revision.read": 1, "check.done": WAYS}


def sound(served: Served, command: str) -> tuple[int, str]:
    """What a command says that looks whether anything was lost or changed."""
    ended = mingyue(served.home, "manage", command, **REAL)
    return ended.returncode, ended.stdout + ended.stderr


def test_a_web_process_killed_in_the_middle_of_an_upload_costs_nothing_that_it_acknowledged(
    served: Served, key: str, client: Client, caller: Caller
) -> None:
    content = large("web")
    upload = Upload(caller, content, "web.obj")
    upload.send(3 << 20)

    with upload.half_sent(served, key) as doomed:
        doomed.kill()
        doomed.wait()
        caller.close()

    upload.finish()
    whole(served, client, caller, added(caller, upload, "Web"), content)


def test_a_client_whose_web_processes_are_all_killed_after_a_piece_sends_the_file_whole(
    served: Served, client: Client, caller: Caller, tmp_path: Path
) -> None:
    content, told = large("client"), []
    (tmp_path / "client.obj").write_bytes(content)

    def kill(safe: int, _all: int) -> None:
        if not told:
            for web in served.children("serving.web"):
                web.kill()
        told.append(safe)

    part = client.upload(tmp_path / "client.obj", units="mm", progress=kill)

    assert told == sorted(told)
    assert told[-1] == len(content)
    whole(served, client, caller, part.id, content)


def test_a_web_process_killed_before_it_answers_makes_one_part_when_it_is_asked_again(
    served: Served, client: Client, caller: Caller, key: str
) -> None:
    content = box_stl(0.1)
    upload = Upload(caller, content, "once.stl")
    upload.send(len(content))
    made: list[str] = []

    with served.connected("postgres") as held, held.transaction():
        held.execute("LOCK TABLE records_event IN EXCLUSIVE MODE")  # the part is added, its event cannot be
        other = Caller(served.address, key)
        asking = threading.Thread(target=lambda: made.append(added(other, upload, "Once")))
        asking.start()
        waits = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%records_event%%'"
        )
        until(lambda: asked(served, waits) == [(1,)])
        for web in served.children("serving.web"):
            web.kill()
    asking.join(60)
    other.close()

    whole(served, client, caller, made[0], content)
    assert asked(served, "SELECT count(*) FROM parts_part WHERE name = 'Once'") == [(1,)]


@pytest.mark.parametrize("doing", ["reading", "running"])
def test_a_worker_killed_in_the_middle_takes_its_engine_along_and_the_next_does_the_work(
    served: Served, client: Client, caller: Caller, doing: str
) -> None:
    content = box_stl(0.11 if doing == "reading" else 0.12)
    part_id = small(caller, content, "Worker")
    engine = frozen(served, doing)
    (doomed,) = served.children("serving.worker")

    doomed.kill()

    until(lambda: gone(engine))
    whole(served, client, caller, part_id, content)
    attempts = "SELECT attempt FROM parts_revision WHERE part_id = %s UNION ALL SELECT c.attempt FROM parts_check c"
    tried = asked(
        served, f"{attempts} JOIN parts_revision r ON r.id = revision_id WHERE part_id = %s", part_id, part_id
    )
    assert sorted(tried) == [(1,)] * WAYS + [(2,)]


def test_a_check_during_which_three_workers_die_fails_with_words_and_holds_nobody_up(
    served: Served, client: Client, caller: Caller
) -> None:
    content = box_stl(0.15)
    part_id = small(caller, content, "Deadly")
    frozen(served, "running")
    for check in client.part(part_id).newest.checks[1:]:
        caller("POST", f"/api/checks/{check.id}/cancel", body={})

    for _ in range(3):
        frozen(served, "running")
        (doomed,) = served.children("serving.worker")
        doomed.kill()
        doomed.wait()

    part = client.wait_for_checks(part_id, timeout_s=60)
    deadly, *others = part.newest.checks
    assert deadly.state == "failed"
    assert deadly.problem is not None
    assert "stopped several times" in deadly.problem.message
    assert "Try again" in deadly.problem.remedy
    assert {check.state for check in others} == {"cancelled"}


def test_a_postmaster_killed_in_the_middle_of_upload_and_check_costs_neither(
    served: Served, key: str, client: Client, caller: Caller
) -> None:
    checked, sent = box_stl(0.13), large("postmaster")
    part_id = small(caller, checked, "Checked")
    other = Upload(caller, sent, "sent.obj")
    other.send(3 << 20)
    engine = frozen(served, "running")
    (postmaster,) = served.children("unix_socket_directories")

    with other.half_sent(served, key):
        postmaster.kill()
        until(lambda: (again := served.children("unix_socket_directories")) and again[0].pid != postmaster.pid)
        until(served.ready)

    until(lambda: gone(engine))
    other.finish()
    whole(served, client, caller, added(caller, other, "Sent"), sent)
    whole(served, client, caller, part_id, checked)


def test_when_the_parent_is_killed_in_the_middle_the_next_one_goes_on(
    served: Served, key: str, client: Client, caller: Caller
) -> None:
    checked, sent = box_stl(0.14), large("parent")
    part_id = small(caller, checked, "Checked too")
    other = Upload(caller, sent, "sent.obj")
    other.send(3 << 20)
    engine = frozen(served, "running")

    with other.half_sent(served, key):
        served.process.kill()
        served.process.wait()
        until(lambda: gone(engine))
        until(lambda: left_behind(served.home) == [])

    again = serve(served.home, **REAL)
    served.process, served.address = again.process, again.address
    with Client(served.address, key) as anew:
        other.caller = Caller(served.address, key)
        other.finish()
        whole(served, anew, other.caller, added(other.caller, other, "Sent too"), sent)
        whole(served, anew, other.caller, part_id, checked)
        other.caller.close()


def test_after_all_this_nothing_runs_nothing_is_doubled_and_everything_is_sound(
    served: Served, client: Client, caller: Caller
) -> None:
    content = box_stl(0.16)
    whole(served, client, caller, small(caller, content, "Last"), content)

    assert asked(served, "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')") == [(0,)]
    assert engines(served) == []
    assert asked(served, "SELECT DISTINCT state FROM parts_revision") == [("read",)]
    ended = {state for (state,) in asked(served, "SELECT DISTINCT state FROM parts_check")}
    assert ended <= {"done", "failed", "cancelled"}
    assert asked(served, "SELECT count(*), count(DISTINCT part_id) - count(*) FROM parts_revision") == asked(
        served, "SELECT count(*), 0 FROM records_upload WHERE state = 'finished'"
    )
    ways = "count(DISTINCT (revision_id, machine_id, resin_id, layer_um)) - count(*)"
    assert asked(served, f"SELECT {ways} FROM parts_check") == [(0,)]
    assert list((served.home / "uploads").iterdir()) == []

    for command, says in (("check_blobs", " 0 faults, 0 files without a blob."), ("check_events", "✓ ")):
        code, told = sound(served, command)
        assert code == 0, told
        assert says in told
        assert "✗" not in told


def test_a_flipped_byte_is_found(served: Served, caller: Caller) -> None:
    small(caller, box_stl(0.17), "Flipped")
    ((organisation, digest),) = asked(served, "SELECT organisation_id::text, digest FROM records_blob LIMIT 1")
    (path,) = (served.home / "blobs").rglob(digest)
    before = path.read_bytes()
    path.write_bytes(bytes([before[0] ^ 1]) + before[1:])

    code, told = sound(served, "check_blobs")

    path.write_bytes(before)
    assert code == 1
    assert f"{digest}: its bytes were changed" in told
    assert "1 faults" in told
    assert organisation in told


@pytest.mark.parametrize("last", [False, True])
def test_a_removed_event_is_found(served: Served, last: bool) -> None:
    """Removed by who may do anything; the last one is missed by the chain's head, another by the one after it."""
    organisation, count = asked(served, "SELECT organisation_id::text, count FROM records_chain ORDER BY count DESC")[0]
    number = count if last else 2
    with served.connected("postgres") as owner, owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        kept = "CREATE TABLE kept AS SELECT * FROM records_event WHERE organisation_id = %s AND number = %s"
        owner.execute(kept, [organisation, number])
        owner.execute("DELETE FROM records_event WHERE id IN (SELECT id FROM kept)")

    code, told = sound(served, "check_events")

    with served.connected("postgres") as owner:
        owner.execute("INSERT INTO records_event SELECT * FROM kept")
        owner.execute("DROP TABLE kept")
    assert code == 1
    assert f"✗ {organisation}: events {number} to {number} are missing" in told


def test_who_owns_the_tables_cannot_remove_an_event_by_mistake(served: Served) -> None:
    count = "SELECT count(*) FROM records_event"
    before = asked(served, count)

    with pytest.raises(psycopg.errors.RaiseException, match="never edited"):
        served.ask("DELETE FROM records_event", role="mingyue_owner")

    assert asked(served, count) == before
