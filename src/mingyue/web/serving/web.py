"""One web process: `python -m mingyue.web.serving.web SOCKET SECONDS`.

SOCKET is the number of a listening socket; so many SECONDS open requests may take after it was told to stop.
"""

from __future__ import annotations

import os
import socket
import sys

import django
import uvicorn
from django.db import connections

from mingyue.web.site.database import pooled
from mingyue.web.site.environment import read_environment

# A proxy is on this machine or in its own network. The address it names last is taken, never one that a visitor made up.
_PROXIES = ["127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]


def main(number: int, finish_s: int) -> None:
    """Answer requests from this socket until told to stop."""
    django.setup()
    pooled(connections.settings["default"])
    config = uvicorn.Config(
        "mingyue.web.site.asgi:application",
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=read_environment().behind_proxy,
        forwarded_allow_ips=_PROXIES,
        timeout_graceful_shutdown=finish_s,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=number)])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingyue.web.site.settings")
    main(int(sys.argv[1]), int(sys.argv[2]))
