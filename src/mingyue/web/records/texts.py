"""What programs may send as text: bounded, and free of what a database or a page cannot hold. Whole numbers, moments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from ninja import Path, Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, StringConstraints

# No control characters, and no space at either end: what is kept is what was sent.
_SEEN = r"[^\s\x00-\x1f\x7f-\x9f]"
LINE = rf"^{_SEEN}([^\x00-\x1f\x7f-\x9f\u2028\u2029]*{_SEEN})?$"
LINE_OR_NOTHING = rf"^({_SEEN}([^\x00-\x1f\x7f-\x9f\u2028\u2029]*{_SEEN})?)?$"
PROSE = r"^[^\x00]*$"
EMAIL = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,60}@[A-Za-z0-9][A-Za-z0-9-]{0,60}(\.[A-Za-z0-9][A-Za-z0-9-]{0,60})+$"
SLUG = r"^[-_a-zA-Z0-9]{1,60}$"

Slug = Annotated[str, Path(..., pattern=SLUG)]


def line(longest: int, *, shortest: int = 1) -> Any:
    """A text of one line."""
    pattern = LINE if shortest else LINE_OR_NOTHING
    return StringConstraints(strict=True, min_length=shortest, max_length=longest, pattern=pattern)


def prose(longest: int) -> Any:
    """A text of several lines, perhaps none."""
    return StringConstraints(strict=True, max_length=longest, pattern=PROSE)


def _as_whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# A number without a fraction, however it is written: to JSON 3.0 is as whole as 3. The last of what is said about an int.
WHOLE = BeforeValidator(_as_whole)


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("This lies beyond the calendar.") from None


# With its distance from UTC, or nobody knows which is meant; at the calendar's ends not every distance has a moment.
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


def unsaid(otherwise: Any = None) -> Any:
    """A field that may be left out: it says nothing then, which no value of it could."""
    return Field(otherwise, json_schema_extra=_without_default)


def among(values: Iterable[str]) -> Any:
    """A text that is one of these: told to whoever reads it; what comes from our own rows is not tested once more."""
    return Field(json_schema_extra={"enum": list(values)})


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class Said(Schema):
    """What a program sends: only the fields that there are."""

    model_config = ConfigDict(extra="forbid")
