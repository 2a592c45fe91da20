"""Blocks in a bucket: a real S3 server of our own on loopback, builds in processes of their own, killed and gone on."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import s3fs

NEST = ("sample:birds_nest", "--layer-um", "5", "-o", "job.zip")
BLOCKS = 20  # 1,595 µm in layers of 5, 16 a block
WORK = "bucket/jobs/.job.zip.work"
LISTENS = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What a process needs to reach the server, and nothing of whoever runs the tests."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    clean = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    log = tmp_path_factory.mktemp("server") / "log"  # a pipe that nobody empties would stop the server
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=clean)
    try:
        while not (found := LISTENS.search(log.read_text())):
            assert server.poll() is None, log.read_text()
            time.sleep(0.02)
        yield clean | {
            "AWS_ENDPOINT_URL": found[1],
            "AWS_ACCESS_KEY_ID": "someone",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def files(environment: dict[str, str]) -> s3fs.S3FileSystem:
    """The bucket, empty, as somebody else sees it."""
    found = s3fs.S3FileSystem(
        endpoint_url=environment["AWS_ENDPOINT_URL"], key="someone", secret="secret", use_listings_cache=False
    )
    if found.exists("bucket"):
        found.rm("bucket", recursive=True)
    found.mkdir("bucket")
    return found


def command(*options: str, work: str = "s3://bucket/jobs") -> list[str]:
    return [sys.executable, "-m", "mingyue", "build", *NEST, "--work", work, *options]


def blocks_in(files: s3fs.S3FileSystem) -> list[str]:
    if not files.exists(WORK):
        return []
    return sorted(name for name in files.ls(WORK, detail=False) if name.endswith(".block"))


def test_a_killed_build_goes_on_from_the_bucket_and_clears_it(
    files: s3fs.S3FileSystem, environment: dict[str, str], tmp_path: Path
) -> None:
    plain = [word for word in command() if word not in {"--work", "s3://bucket/jobs"}]
    subprocess.run(plain, cwd=tmp_path, env=environment, check=True, capture_output=True)
    uninterrupted = (tmp_path / "job.zip").read_bytes()
    (tmp_path / "job.zip").unlink()

    process = subprocess.Popen(
        command(), cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    while len(blocks_in(files)) < 4:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = blocks_in(files)
    assert 4 <= len(kept) < BLOCKS
    assert not (tmp_path / "job.zip").exists()
    files.pipe_file(kept[0], files.cat_file(kept[0])[:-9])  # cut short on its way

    elsewhere = tmp_path / "another machine"
    elsewhere.mkdir()
    again = subprocess.run(
        command("--json"), cwd=elsewhere, env=environment, capture_output=True, text=True, check=False
    )

    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["blocks_reused"] == len(kept) - 1
    assert (elsewhere / "job.zip").read_bytes() == uninterrupted
    assert files.find("bucket") == []


def test_a_bucket_that_is_not_there_is_refused_and_not_made(
    files: s3fs.S3FileSystem, environment: dict[str, str], tmp_path: Path
) -> None:
    ended = subprocess.run(
        command(work="s3://buckett/jobs"), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 3
    assert "Nothing can be kept in s3://buckett/jobs" in ended.stderr
    assert "--work" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []
    assert not files.exists("buckett")


def test_somebody_without_rights_is_refused(environment: dict[str, str], tmp_path: Path) -> None:
    nobody = {
        name: value for name, value in environment.items() if name not in {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    }

    ended = subprocess.run(command(), cwd=tmp_path, env=nobody, capture_output=True, text=True, check=False)

    assert ended.returncode == 3
    assert "Nothing can be kept in s3://bucket/jobs" in ended.stderr
    assert "set its credentials" in ended.stderr
    assert "Traceback" not in ended.stderr
