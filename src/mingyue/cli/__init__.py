"""The engines without a browser: `mingyue COMMAND`."""

from mingyue.cli.app import app, main

__all__ = ["app", "main"]
