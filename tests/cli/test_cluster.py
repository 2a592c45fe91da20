"""`mingyue build --cluster`: blocks are made by other processes over TLS, and a lost worker loses no layer."""

from __future__ import annotations

import datetime
import ipaddress
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cli.conftest import Ended

Run = Callable[..., Ended]

NEST = ("sample:birds_nest", "--layer-um", "2", "-o", "job.zip", "--json")
# Certificates are valid for the whole of what they can say, so that no clock matters.
FIRST, LAST = datetime.datetime(2000, 1, 1), datetime.datetime(2100, 1, 1)


@dataclass(frozen=True)
class Files:
    """PEM files of an authority and of one certificate it has signed."""

    authority: Path
    certificate: Path
    key: Path

    def options(self, prefix: str, ca: str = "ca") -> list[str]:
        named = {ca: self.authority, "cert": self.certificate, "key": self.key}
        return [word for name, path in named.items() for word in (f"--{prefix}-{name}", str(path))]


def certificates(folder: Path) -> Files:
    """A new authority, and a certificate for this machine alone."""
    folder.mkdir()
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"authority of {folder.name}")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    root = (
        _unsigned(root_name, root_name, root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = _unsigned(name, root_name, key).add_extension(loopback, critical=False).sign(root_key, hashes.SHA256())
    files = Files(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    files.authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    files.certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def _unsigned(name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FIRST)
        .not_valid_after(LAST)
    )


@dataclass
class Machines:
    """A scheduler and its workers, each a process of its own that listens on this machine alone."""

    folder: Path
    files: Files
    processes: list[subprocess.Popen[bytes]]
    address: str = ""

    def start(self, *workers: str) -> None:
        self._run("scheduler", "--port", "0", "--scheduler-file", "scheduler.json", "--protocol", "tls")
        self.address = self._said("scheduler", "Scheduler at:")
        for name in workers:
            self.hire(name)

    def hire(self, name: str) -> subprocess.Popen[bytes]:
        own = ("--nthreads", "1", "--no-nanny", "--name", name, "--local-directory", name)
        process = self._run(name, self.address, *own, command="worker")
        self._said(name, "Registered to:")
        return process

    def _run(self, name: str, *arguments: str, command: str = "scheduler") -> subprocess.Popen[bytes]:
        tls = self.files.options("tls", ca="ca-file")
        host = ("--host", "127.0.0.1", "--no-dashboard")
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", command, *arguments, *host, *tls],
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def _said(self, name: str, word: str) -> str:
        """What follows the word in the log of that process; waits for it."""
        log = self.folder / f"{name}.log"
        while True:
            for line in log.read_text().splitlines():
                if word in line:
                    return line.partition(word)[2].strip()
            assert all(process.poll() is None for process in self.processes), log.read_text()
            time.sleep(0.05)


@pytest.fixture
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("machines")
    started = Machines(folder, certificates(folder / "ours"), [])
    try:
        yield started
    finally:
        for process in started.processes:
            process.kill()
            process.wait()


def test_a_lost_worker_loses_no_layer_and_the_package_is_the_same(machines: Machines, tmp_path: Path) -> None:
    mingyue = [sys.executable, "-m", "mingyue", "build", *NEST]
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    subprocess.run(mingyue, cwd=tmp_path / "here", check=True, capture_output=True)
    machines.start("one", "two")

    over_there = [*mingyue, "--cluster", machines.address, *machines.files.options("cluster")]
    build = subprocess.Popen(over_there, cwd=tmp_path / "there", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not any(part.stat().st_size > 200_000 for part in (tmp_path / "there").glob(".job.zip.*.part")):
        assert build.poll() is None, build.communicate()
        time.sleep(0.01)
    machines.processes[1].send_signal(signal.SIGKILL)  # the worker called one
    assert build.poll() is None  # in the middle of its work
    out, err = build.communicate()

    assert machines.address.startswith("tls://127.0.0.1:")
    assert build.returncode == 0, err
    assert b'"layers": 798' in out
    assert (tmp_path / "there" / "job.zip").read_bytes() == (tmp_path / "here" / "job.zip").read_bytes()
    scheduler = (machines.folder / "scheduler.log").read_text()
    assert "Remove worker" in scheduler
    assert "name: one" in scheduler or "'one'" in scheduler


def test_only_who_has_a_certificate_of_the_same_authority_gets_in(
    mingyue: Run, machines: Machines, tmp_path_factory: pytest.TempPathFactory
) -> None:
    machines.start()
    strangers = certificates(tmp_path_factory.mktemp("strangers") / "theirs")

    def ended(*options: str) -> Ended:
        return mingyue("build", "sample:connector_comb", "-o", "job.zip", "--cluster", machines.address, *options)

    without, stranger, workless = (
        ended(),
        ended(*strangers.options("cluster")),
        ended(*machines.files.options("cluster")),
    )

    assert (without.code, stranger.code, workless.code) == (3, 3, 3)
    assert "speaks TLS" in without.err
    assert "--cluster-cert" in without.err.split("remedy:")[1]
    assert "cannot be reached" in stranger.err
    assert "certificates" in stranger.err.split("remedy:")[1]
    assert "has no workers" in workless.err
    assert "dask worker" in workless.err.split("remedy:")[1]
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--cluster-ca", "ca.pem"], "three files"),
        (["--cluster-ca", "ca.pem", "--cluster-cert", "c.pem", "--cluster-key", "k.pem"], "There is no file ca.pem"),
        (["--cluster", "tls://127.0.0.1:1"], "speaks TLS"),
        (["--cluster", "odd://127.0.0.1:1"], "cannot be reached"),
    ],
)
def test_an_address_or_files_that_make_no_sense_are_refused(mingyue: Run, options: list[str], says: str) -> None:
    ended = mingyue("build", "sample:connector_comb", *options)

    assert ended.code == 3
    assert says in ended.err
    assert list(Path().iterdir()) == []
