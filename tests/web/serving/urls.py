"""A page that says which process answered, and one that takes its time."""

from __future__ import annotations

import os
import sys
import time

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


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


urlpatterns = [path("tell", tell), path("told", told), path("who", who), path("slow", slow), path("role", role)]
