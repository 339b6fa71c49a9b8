"""The kinds of values that several operations ask for and answer with."""

from __future__ import annotations

__all__ = [
    "Code",
    "Day",
    "Keyword",
    "Kind",
    "Limit",
    "LinkName",
    "Moment",
    "NextCursor",
    "Number",
    "RowNumber",
    "Text",
    "WholeNumber",
    "moment",
]

import datetime
from typing import Annotated, Literal, overload
from zoneinfo import ZoneInfo

from msgspec import Meta

from smscentre.web.api.cursors import CURSOR_WORDS

Code = Annotated[
    str, Meta(pattern="^[A-Z0-9]{1,12}$", description="The code of a unit.")
]
Keyword = Annotated[
    str, Meta(pattern="^[A-Z]{2,20}$", description="The keyword of a province.")
]
Kind = Literal["RUTAN", "BAPAS", "RUPBASAN"]
Day = datetime.date
Moment = Annotated[datetime.datetime, Meta(tz=True)]
Number = Annotated[
    str,
    Meta(
        description="In E.164; its middle is hidden unless the token has the scope "
        "`numbers`."
    ),
]
WholeNumber = Annotated[str, Meta(pattern="^\\+[1-9][0-9]{6,14}$")]
Text = Annotated[
    str | None, Meta(description="Null unless the token has the scope `texts`.")
]
LinkName = Annotated[str, Meta(pattern="^[a-z0-9-]{1,32}$")]
Limit = Annotated[
    int, Meta(ge=1, le=1000, description="How many rows a page has at most.")
]
RowNumber = Annotated[int, Meta(ge=1, le=2**63 - 1)]
NextCursor = Annotated[str | None, Meta(description=CURSOR_WORDS)]


@overload
def moment(at: float, zone: ZoneInfo) -> datetime.datetime: ...


@overload
def moment(at: float | None, zone: ZoneInfo) -> datetime.datetime | None: ...


def moment(at: float | None, zone: ZoneInfo) -> datetime.datetime | None:
    """A moment in seconds since 1970 as answers have it."""
    return None if at is None else datetime.datetime.fromtimestamp(at, zone)
