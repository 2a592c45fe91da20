"""`python -m mingyue.web serve|manage …`: what the commands `mingyue serve` and `mingyue manage` run."""

from __future__ import annotations

import os
import sys


def main(arguments: list[str]) -> int:
    """Serve, or administrate by one of Django's commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingyue.web.site.settings")
    if arguments[:1] == ["serve"]:
        from mingyue.web.serving.command import serve

        return serve(arguments[1:])
    from mingyue.web.serving.managing import manage

    return manage(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
