"""Blobs in an S3 bucket: the same bytes come back, and the same digest is stored once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from mingyue.web.records.blobs import keep_bytes, open_blob
from mingyue.web.records.walls import seen_by
from mingyue.web.site.settings import _storage_of_blobs
from tests.web.conftest import NOW, Cast


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Any]:
    """A bucket served on this machine, and the platform told to use it, as MINGYUE_BLOBS=s3://parts/blobs does."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    client = boto3.client("s3")
    client.create_bucket(Bucket="parts")
    settings.STORAGES = settings.STORAGES | {"blobs": _storage_of_blobs("s3://parts/blobs")}
    yield client
    server.stop()


def test_a_blob_lies_in_the_bucket_once(cast: Cast, bucket: Any) -> None:
    with seen_by(organisation_id=cast.institute.pk):
        first = keep_bytes(b"solid" * 1000, organisation_id=cast.institute.pk, media_type="model/stl", at=NOW)
        again = keep_bytes(b"solid" * 1000, organisation_id=cast.institute.pk, media_type="model/stl", at=NOW)

    assert again == first
    listed = bucket.list_objects_v2(Bucket="parts")["Contents"]
    assert [(one["Key"], one["Size"]) for one in listed] == [(f"blobs/{first.key}", 5000)]
    with open_blob(first) as opened:
        assert opened.read() == b"solid" * 1000
    with open_blob(first) as opened:
        opened.seek(4995)
        assert opened.read() == b"solid"
    assert storages["blobs"].exists(first.key)
