"""`mingyue serve` starts everything, loses nothing when something is killed, and leaves nothing behind when it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

import pytest

from mingyue.web.site.database import socket_folder
from mingyue.web.site.handling import THREADS
from tests.web.serving.running import Served, left_behind, log_of, mingyue, serve, until, variables
from tests.web.serving.urls import LARGE_BYTES

# One module-wide server, restarted by one test: they run on one worker, in this order.


FEW = 14  # connections of a worker and of the teller, and the one that counts them


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="my-") as folder:  # a short path, for the database's socket
        Path(folder).chmod(0o711)  # as root the database comes here as another user
        yield Path(folder) / "home"


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[Served]:
    running = serve(home)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


def test_it_is_well_and_says_so(served: Served) -> None:
    assert served.get("/health") == (200, '{"status": "ok"}')
    status, text = served.get("/ready")
    assert (status, json.loads(text)) == (
        200,
        {
            "status": "ok",
            "checks": {"database": "ok", "migrations": "ok", "worker": "ok"},
            "teller": {"behind_s": 0.0, "set_aside": 0},
        },
    )
    assert f"Mingyue is ready at {served.address}" in served.log()


def test_pages_are_served_by_a_role_that_walls_bind(served: Served) -> None:
    assert served.get("/role") == (200, "mingyue_app")
    asked = "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert served.ask(asked) == [(False, False, False, False)]
    assert served.ask("SELECT tableowner FROM pg_tables WHERE schemaname = 'public' GROUP BY 1") == [("mingyue_owner",)]
    assert {name for (name,) in served.ask("SHOW listen_addresses") + served.ask("SHOW fsync")} == {"", "on"}


def test_no_request_inherits_who_looked_in_another(served: Served) -> None:
    assert {served.get("/tell") for _ in range(8)} == {(200, "told")}

    found = {served.get("/told") for _ in range(8)}

    assert found <= {(200, "('', 'UTC')"), (200, "(None, 'UTC')")}


def test_connections_are_few_and_used_again_however_many_come(served: Served) -> None:
    with ThreadPoolExecutor(40) as visitors:
        answers = list(visitors.map(served.get, ["/connection"] * 400))

    assert {status for status, _ in answers} == {200}
    assert len({number for _, number in answers}) <= 2 * THREADS
    count = "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user"
    until(lambda: served.ask(count)[0][0] <= 2 * THREADS + FEW)


def test_a_file_comes_piece_by_piece(served: Served) -> None:
    before = max(child.memory_info().rss for child in served.children("serving.web"))

    with urlopen(f"{served.address}/large", timeout=60) as answer:
        length = sum(map(len, iter(lambda: answer.read(1 << 20), b"")))
        after = max(child.memory_info().rss for child in served.children("serving.web"))

    assert length == LARGE_BYTES
    assert after - before < LARGE_BYTES // 4


def test_the_home_is_closed_to_others(served: Served) -> None:
    modes = {path.name: path.stat().st_mode & 0o007 for path in served.home.iterdir()}

    assert (served.home.stat().st_mode & 0o006) == 0
    assert modes.pop("postgres") in {0, 0o001}
    assert set(modes.values()) == {0}
    assert (served.home / "postgres" / "data").stat().st_mode & 0o077 == 0
    assert socket_folder(served.home).stat().st_mode & 0o077 == 0


def test_a_second_one_on_the_same_home_is_refused(served: Served) -> None:
    ended = mingyue(served.home, "serve", "--port", "0")

    assert ended.returncode == 10
    assert f"error: {served.home} is served already." in ended.stderr
    assert "remedy: Stop the other mingyue serve" in ended.stderr
    assert served.ready()


def test_a_port_that_is_taken_is_refused(served: Served, tmp_path: Path) -> None:
    port = served.address.rpartition(":")[2]

    ended = mingyue(tmp_path / "home", "serve", "--port", port)

    assert ended.returncode == 10
    assert f"error: Nobody can be answered at 127.0.0.1, port {port}: another program listens there." in ended.stderr
    assert "remedy: Choose a free port with --port" in ended.stderr


def test_manage_uses_the_database_that_is_served_and_leaves_it_running(served: Served) -> None:
    ended = mingyue(served.home, "manage", "showmigrations", "procrastinate")

    assert ended.returncode == 0, ended.stderr
    assert "[X] 0041_post_retry_failed_job" in ended.stdout
    assert served.ready()


def test_a_killed_web_process_leaves_no_gap(served: Served) -> None:
    doomed = served.children("serving.web")[0]

    doomed.kill()

    assert {served.get("/who")[0] for _ in range(40)} == {200}
    until(lambda: len(served.children("serving.web")) == 2)
    assert doomed.pid not in {child.pid for child in served.children("serving.web")}
    assert "web 1 ended (SIGKILL), starts again" in served.log()


def test_a_killed_workers_job_is_done_by_the_next(served: Served, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    job = served.defer("tests.once_long", path=str(notes))
    until(notes.exists)
    (doomed,) = served.children("serving.worker")

    doomed.kill()

    until(lambda: served.job(job) == ("succeeded", 2))
    begun = notes.read_text().splitlines()
    assert begun[0] == f"begun {doomed.pid}"
    assert begun[2:] == ["done"]
    assert served.ask("SELECT count(*) FROM procrastinate_workers") == [(1,)]


def test_a_job_that_kills_its_workers_is_given_up_and_mourned(served: Served, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    job = served.defer("tests.deadly", path=str(notes))

    until(lambda: served.job(job) == ("failed", 3))

    assert notes.read_text().split("\n") == ["begun", "begun", "begun", "given up", ""]
    after = served.defer("tests.note", path=str(notes), text="next")
    until(lambda: served.job(after)[0] == "succeeded")


def test_a_job_that_lost_the_database_is_done_by_the_next_worker(served: Served, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    (before,) = served.children("serving.worker")

    job = served.defer("tests.loses_the_database", path=str(notes))

    until(lambda: served.job(job) == ("succeeded", 2))
    first, second, done = notes.read_text().splitlines()
    assert (first, second != first, done) == (f"begun {before.pid}", True, "done")
    assert "ends at once: a job lost the database" in served.log()


def test_a_killed_database_is_started_again_and_everything_reconnects(served: Served, tmp_path: Path) -> None:
    (postmaster,) = served.children("unix_socket_directories")

    postmaster.kill()

    until(lambda: (again := served.children("unix_socket_directories")) and again[0].pid != postmaster.pid)
    until(served.ready)
    with ThreadPoolExecutor(40) as visitors:  # every thread had a connection to the dead one
        assert set(visitors.map(served.get, ["/role"] * 200)) == {(200, "mingyue_app")}
    job = served.defer("tests.note", path=str(tmp_path / "notes"), text="after")
    until(lambda: served.job(job)[0] == "succeeded")


def test_when_the_parent_is_killed_nothing_is_left_and_the_next_recovers(served: Served) -> None:
    job = served.defer("tests.note", path="/dev/null", text="kept")
    served.process.kill()
    served.process.wait()

    until(lambda: left_behind(served.home) == [])

    again = serve(served.home)
    served.process, served.address = again.process, again.address
    assert served.ready()
    until(lambda: served.job(job)[0] == "succeeded")


def test_the_next_recovers_at_once_too_while_the_old_database_still_ends(served: Served) -> None:
    served.process.kill()
    served.process.wait()

    again = serve(served.home)

    served.process, served.address = again.process, again.address
    assert served.ready()


def test_it_finishes_what_it_began_ends_with_0_and_leaves_nothing_behind(served: Served) -> None:
    answers: list[tuple[int, str]] = []
    visitor = threading.Thread(target=lambda: answers.append(served.get("/slow")))
    visitor.start()
    until(lambda: "slow begins" in served.log())

    assert served.stop(signal.SIGTERM) == 0

    visitor.join()
    assert answers == [(200, "finished")]
    assert left_behind(served.home) == []
    assert not (served.home / "postgres" / "data" / "postmaster.pid").exists()
    told = served.log()
    assert told.rindex("stopping web") < told.rindex("stopping workers") < told.rindex("stopping database")


def test_manage_runs_the_database_itself_and_stops_it_when_nobody_serves(served: Served) -> None:
    assert served.process.poll() is not None

    ended = mingyue(served.home, "manage", "showmigrations", "procrastinate")

    assert "[X] 0041_post_retry_failed_job" in ended.stdout, ended.stderr
    assert left_behind(served.home) == []


def test_the_database_stays_until_the_last_of_several_manage_has_ended(served: Served) -> None:
    ask = "import sys; from django.db import connection as c; c.cursor().execute('SELECT pg_sleep(1)'); print('asked')"
    command = [sys.executable, "-m", "mingyue", "manage", "shell", "--no-imports", "-c", ask]

    several = [
        subprocess.Popen(command, env=variables(served.home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    assert [process.communicate(timeout=60)[0].strip() for process in several] == ["asked"] * 3
    assert left_behind(served.home) == []


def test_an_interrupted_start_ends_well(served: Served) -> None:
    log = log_of(served.home)
    before = log.stat().st_size
    with log.open("ab") as lines:
        process = subprocess.Popen(
            [sys.executable, "-m", "mingyue", "serve", "--port", "0"],
            env=variables(served.home),
            stdout=lines,
            stderr=lines,
        )
    until(lambda: "starting the database" in log.read_text()[before:])

    process.send_signal(signal.SIGINT)

    assert process.wait(30) == 0
    assert left_behind(served.home) == []


def test_a_second_interrupt_kills(served: Served) -> None:
    again = serve(served.home)
    before = again.log()
    visitor = threading.Thread(target=lambda: again.get("/slow"))
    visitor.start()
    until(lambda: again.log().count("slow begins") > before.count("slow begins"))
    again.process.send_signal(signal.SIGINT)
    until(lambda: again.log().count("stopping web") > before.count("stopping web"))

    assert again.stop(signal.SIGINT) == 130

    visitor.join()
    until(lambda: left_behind(served.home) == [])
