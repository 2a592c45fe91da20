"""Other machines as an executor: a Dask cluster that makes the blocks of a build, over TLS where it has certificates."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mingyue import __version__
from mingyue.errors import BadInputError
from mingyue.phrases import Phrase, say

if TYPE_CHECKING:
    from distributed import Client
    from distributed.security import Security

# Blocks sent for each thread of the cluster: one that it works on, one that waits there.
_BLOCKS_A_THREAD = 2
# A block of a mesh with millions of triangles is larger than what Dask thinks usual, and it says so for each.
_USUAL_BYTES = 1 << 30


class ClusterError(BadInputError):
    """The cluster is not there, or cannot do what it is asked to."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """An executor, and how many blocks it can take at a time."""

    executor: Executor
    blocks_ahead: int


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files: of the authority that signed the cluster's certificates, and our own certificate and its key."""

    authority: Path
    certificate: Path
    key: Path


def certificates_choice(authority: Path | None, certificate: Path | None, key: Path | None) -> Certificates | None:
    """All three files, or none. Raises ClusterError for some of them, or for one that is not there."""
    if authority is None and certificate is None and key is None:
        return None
    if authority is None or certificate is None or key is None:
        raise ClusterError(
            say("TLS needs three files, and not all of them were given."),
            remedy=say("Give --cluster-ca, --cluster-cert and --cluster-key, or none of them."),
        )
    for path in (authority, certificate, key):
        if not path.is_file():
            raise ClusterError(say("There is no file {file}.", file=path), remedy=say("Check the name."))
    return Certificates(authority, certificate, key)


@contextmanager
def cluster_at(address: str, certificates: Certificates | None) -> Iterator[Cluster]:
    """The cluster whose scheduler listens at this address, for as long as the block lasts.

    Raises ClusterError where there is none, where it has no worker or one of another version, and when it gives up.
    """
    try:
        import dask
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise ClusterError(
            say("Dask is not installed."), remedy=say("Install mingyue[cluster], here and on each worker.")
        ) from error
    security = _security(address, certificates)
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": _USUAL_BYTES}):
        try:
            client = Client(address, security=security, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            raise _unreached(address, str(error)) from error
        with client:
            threads = _threads(client, address)
            try:
                # Not pure: Dask need not look for an equal block, there is none.
                yield Cluster(client.get_executor(pure=False), _BLOCKS_A_THREAD * threads)
            except KilledWorker as error:
                raise ClusterError(
                    say("Several workers died over the same block: {why}", why=str(error)),
                    remedy=say("Give each worker more memory or fewer threads, and look into its log."),
                ) from error
            except CancelledError as error:
                raise _unreached(address, say("it went away")) from error


def _threads(client: Client, address: str) -> int:
    """The threads of all workers, once it is known that each runs what we run: else masks could differ."""
    try:
        versions = client.run(_version)
    except (OSError, ImportError) as error:
        raise _unreached(address, str(error)) from error
    if not versions:
        raise ClusterError(
            say("The cluster at {address} has no workers.", address=address),
            remedy=say("Start some: `dask worker {address}`.", address=address),
        )
    for worker, version in versions.items():
        if version != __version__:
            raise ClusterError(
                say(
                    "The worker at {worker} runs mingyue {theirs}, this is {ours}.",
                    worker=worker,
                    theirs=version,
                    ours=__version__,
                ),
                remedy=say("Install the same version on all machines."),
            )
    return sum(client.nthreads().values())


def _version() -> str:
    return __version__


def _security(address: str, certificates: Certificates | None) -> Security | None:
    from distributed.security import Security

    if certificates is None:
        if address.startswith("tls://"):
            raise ClusterError(
                say("The cluster at {address} speaks TLS.", address=address),
                remedy=say("Give --cluster-ca, --cluster-cert and --cluster-key."),
            )
        return None
    return Security(
        require_encryption=True,
        tls_ca_file=str(certificates.authority),
        tls_client_cert=str(certificates.certificate),
        tls_client_key=str(certificates.key),
    )


def _unreached(address: str, why: str | Phrase) -> ClusterError:
    return ClusterError(
        say("The cluster at {address} cannot be reached: {why}.", address=address, why=why),
        remedy=say("Check its address, its certificates and its log, and that its scheduler runs."),
    )
