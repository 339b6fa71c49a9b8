"""What programs can ask for, as data: operations with their parameters and answers.

From one `Operation` come the route, the check of what is asked, and its part of the
OpenAPI document; none of them can say what the others do not.
"""

from __future__ import annotations

__all__ = [
    "Call",
    "Caller",
    "NothingAsked",
    "Operation",
    "Reply",
    "header",
    "header_name",
    "path_names",
]

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

from attrs import NOTHING, field, frozen

from smscentre.store.figures import Place
from smscentre.tokens import ApiToken, TokenScope
from smscentre.web.api.faults import Fault

Asked = TypeVar("Asked")
Body = TypeVar("Body")

_NAME = re.compile(r"<(\w+)>")
_HEADER = "header"


@frozen
class Caller:
    """The program that asks, by its token."""

    token: ApiToken

    @property
    def place(self) -> Place:
        """Of which units the token tells."""
        return Place(self.token.provinces or None, self.token.unit)

    @property
    def sees_all(self) -> bool:
        """Whether it is of the whole country."""
        return self.token.unit is None and not self.token.provinces

    def may(self, scope: TokenScope) -> bool:
        """Whether the token has a scope."""
        return scope in self.token.scopes

    @property
    def actor(self) -> str:
        """As the audit log has it."""
        return f"api:{self.token.id}:{self.token.name}"


@frozen
class NothingAsked:
    """No parameters."""


@frozen
class Call(Generic[Asked, Body]):
    """One request that was found in order."""

    caller: Caller
    asked: Asked
    body: Body
    now: float
    """In seconds since 1970."""


@frozen
class Reply:
    """What is answered: a value to be written as JSON, and headers that go with it."""

    value: Any
    headers: Mapping[str, str] = field(factory=dict)


@frozen
class Operation:
    """One operation.

    ``path`` is as in routes, without the prefix of all. ``asked`` is an attrs class
    whose fields are the parameters: those that the path names, those made by
    `header`, and all others in the query. ``body`` is what is sent as JSON, None for
    nothing. ``headers`` of the answer are documented by their descriptions; ``faults``
    are those that not every operation has. Without a ``scope`` it is public. What is
    ``tagged`` has an ETag.
    """

    id: str
    path: str
    scope: TokenScope | None
    summary: str
    asked: type
    answered: type
    handler: Callable[[Any], Awaitable[Reply]]
    method: str = "GET"
    body: type | None = None
    status: int = 200
    words: str = ""
    headers: Mapping[str, str] = field(factory=dict)
    faults: tuple[Fault, ...] = ()
    tagged: bool = False


def header(name: str, default: Any = NOTHING) -> Any:
    """A parameter that is given as a header."""
    return field(default=default, metadata={_HEADER: name})


def header_name(metadata: Mapping[Any, Any]) -> str | None:
    """The header that a field of parameters stands for, if it does."""
    found: str | None = metadata.get(_HEADER)
    return found


def path_names(path: str) -> tuple[str, ...]:
    """The parameters that a path names."""
    return tuple(_NAME.findall(path))
