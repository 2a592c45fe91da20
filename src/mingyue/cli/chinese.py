"""The words of typer itself, in Chinese: its headings, and its own options."""

from __future__ import annotations

from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

from mingyue.cli.output import local, tell
from mingyue.phrases import Phrase, say

_OPTIONS: Final[dict[str, Phrase]] = {
    "help": say("Show this message and exit."),
    "install_completion": say("Install completion for the current shell."),
    "show_completion": say("Show completion for the current shell, to copy it or customize the installation."),
}


def use_chinese_headings() -> None:
    """Set the panel titles and marks of help. They are plain names of typer, so one it lacks does no harm."""
    from typer import rich_utils  # a twentieth of a second that only help and Chinese need

    for name, text in {
        "ARGUMENTS_PANEL_TITLE": tell("Arguments"),
        "OPTIONS_PANEL_TITLE": tell("Options"),
        "COMMANDS_PANEL_TITLE": tell("Commands"),
        "ERRORS_PANEL_TITLE": tell("Error"),
        "DEFAULT_STRING": tell("[default: {}]"),
        "REQUIRED_LONG_STRING": tell("[required]"),
    }.items():
        setattr(rich_utils, name, text)


class _Worded:
    """A command whose usage line and own options speak as the rest does."""

    def get_params(self, ctx: Any) -> Any:
        params = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if param.name in _OPTIONS:
                param.help = local(_OPTIONS[param.name])
        return params

    def get_usage(self, ctx: Any) -> str:
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        for word in (say("Usage: "), say("[OPTIONS]"), say("COMMAND [ARGS]...")):
            usage = usage.replace(word, local(word))
        return usage


class Command(_Worded, TyperCommand):
    """One command."""


class Group(_Worded, TyperGroup):
    """The command of commands."""
