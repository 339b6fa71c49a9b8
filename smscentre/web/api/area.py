"""``/api/v1``: each operation behind its door, and the document of them all."""

from __future__ import annotations

__all__ = ["Api"]

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Annotated, Final

import msgspec
from attrs import evolve, frozen

from smscentre.tokens import ApiToken
from smscentre.web.api.access import Access, Admitted
from smscentre.web.api.document import openapi
from smscentre.web.api.faults import PREFIX, Fault, Refused
from smscentre.web.api.messages import Messages
from smscentre.web.api.operations import Call, Caller, NothingAsked, Operation, Reply
from smscentre.web.api.reading import read_asked, read_body
from smscentre.web.api.reports import Reports
from smscentre.web.api.sending import Sending
from smscentre.web.api.units import Units
from smscentre.web.means import Means
from smscentre.web.routes import Answer, Content, Need, Route, Visit

_JSON: Final = "application/json"

_NOBODY: Final = Admitted(
    Caller(ApiToken(0, "", frozenset(), "", (), "", 0.0, active=False)), {}
)
"""Who asks for what is public."""


@frozen
class _ProblemAsked:
    slug: Annotated[
        str,
        msgspec.Meta(pattern="^[a-z-]{1,40}$", description="The last word of a type."),
    ]


@frozen
class ProblemMeaning:
    """What a kind of problem means."""

    type: str
    status: int
    title: str
    meaning: str


class Api:
    """``/api/v1``."""

    def __init__(self, means: Means) -> None:
        self._access = Access(means)
        self._operations = [
            *self._public(),
            *Reports(means).operations(),
            *Units(means).operations(),
            *Messages(means).operations(),
            *Sending(means).operations(),
        ]
        self._document = openapi(self._operations, means.status.version)

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route(
                PREFIX + one.path,
                (one.method,),
                Need.TOKEN,
                partial(self._answer, one),
            )
            for one in self._operations
        ]

    def _public(self) -> Sequence[Operation]:
        return [
            Operation(
                "getDocument",
                "/openapi.json",
                None,
                "This document",
                NothingAsked,
                dict,
                self._give_document,
                tagged=True,
            ),
            Operation(
                "getProblem",
                "/problems/<slug>",
                None,
                "What a kind of problem means",
                _ProblemAsked,
                ProblemMeaning,
                _give_problem,
            ),
        ]

    async def _give_document(self, call: Call[NothingAsked, None]) -> Reply:
        return Reply(self._document)

    async def _answer(self, operation: Operation, visit: Visit) -> Answer:
        try:
            admitted = await self._admit(operation, visit)
            return await _given(operation, visit, admitted)
        except Refused as refused:
            return refused.content

    async def _admit(self, operation: Operation, visit: Visit) -> Admitted:
        if operation.scope is None:
            return _NOBODY
        return await self._access.admit(visit, operation.scope)


async def _give_problem(call: Call[_ProblemAsked, None]) -> Reply:
    for fault in Fault:
        if fault.slug == call.asked.slug:
            shown = ProblemMeaning(fault.type, fault.status, fault.title, fault.meaning)
            return Reply(shown)
    raise Refused(Fault.NOT_FOUND)


async def _given(operation: Operation, visit: Visit, admitted: Admitted) -> Content:
    """What an operation answers to a program that may ask for it."""
    try:
        asked = read_asked(operation, visit)
        body = read_body(operation, visit)
        call = Call(admitted.caller, asked, body, visit.now)
        reply = await operation.handler(call)
        content = _content(operation, reply, visit)
    except Refused as refused:
        content = refused.content
    return evolve(content, headers={**content.headers, **admitted.headers})


def _content(operation: Operation, reply: Reply, visit: Visit) -> Content:
    body = msgspec.json.encode(reply.value)
    if not operation.tagged:
        return Content(body, _JSON, operation.status, reply.headers)
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {**reply.headers, "ETag": tag, "Cache-Control": "private, no-cache"}
    if _holds(visit.headers.get("if-none-match", ""), tag):
        return Content(b"", _JSON, 304, headers)
    return Content(body, _JSON, operation.status, headers)


def _holds(given: str, tag: str) -> bool:
    """Whether a list of tags has one; weak ones are as good.

    Source: RFC 9110 §13.1.2.
    """
    found = {one.strip().removeprefix("W/") for one in given.split(",")}
    return "*" in found or tag in found
