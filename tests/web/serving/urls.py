"""A page that says which process answered, and one that takes its time."""

from __future__ import annotations

import os
import sys
import time
from tempfile import TemporaryFile

from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path

LARGE_BYTES = 256 << 20


def who(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(os.getpid()))


def slow(_request: HttpRequest) -> HttpResponse:
    sys.stderr.write("slow begins\n")
    time.sleep(1.5)
    return HttpResponse("finished")


def role(_request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return HttpResponse(cursor.fetchone()[0])


def tell(_request: HttpRequest) -> HttpResponse:
    """Say who looks, and forget to take it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mingyue.person', 'somebody', false)")
    return HttpResponse("told")


def told(_request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('mingyue.person', true), current_setting('TimeZone')")
        return HttpResponse(repr(cursor.fetchone()))


def connection_(_request: HttpRequest) -> HttpResponse:
    """Which of the server's connections this is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return HttpResponse(str(cursor.fetchone()[0]))


def large(_request: HttpRequest) -> FileResponse:
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    file.truncate(LARGE_BYTES)
    return FileResponse(file)


VIEWS = {"tell": tell, "told": told, "who": who, "slow": slow, "role": role, "connection": connection_, "large": large}
urlpatterns = [path(name, view) for name, view in VIEWS.items()]
