"""``/messages``: what came and went, and one message's life.

Numbers are masked and texts left out, unless the token has the scopes for them. It
tells of the officers of the token's places only.
"""

from __future__ import annotations

__all__ = ["Messages"]

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from attrs import frozen
from msgspec import Meta

from smscentre.numbers import Sought
from smscentre.store import search
from smscentre.store.pages import ReadConnection
from smscentre.store.reach import may_see
from smscentre.store.trace import Story, find_story
from smscentre.tokens import TokenScope
from smscentre.users import Role, User
from smscentre.web.api.cursors import Cursor, cursor_of, position
from smscentre.web.api.faults import Fault, Refused
from smscentre.web.api.lives import Discretion, MessageLife, life_of
from smscentre.web.api.operations import Call, Caller, Operation, Reply
from smscentre.web.api.shapes import (
    Limit,
    LinkName,
    Moment,
    NextCursor,
    Number,
    RowNumber,
    Text,
    WholeNumber,
    moment,
)
from smscentre.web.means import Means

_PATIENCE_S: Final = 1.0
"""How long one page is looked for; it then ends, and the next goes on from there."""

Direction = Literal["in", "out"]
State = Literal[
    "done",
    "silent",
    "part",
    "redelivered",
    "failed",
    "corrupt",
    "receipt",
    "queued",
    "claimed",
    "in_doubt",
    "sent",
    "delivered",
    "expired",
    "uncertain",
    "unknown",
]


@frozen
class MessageShown:
    """One SMS in either direction; a long one has a row for each of its parts."""

    id: int
    direction: Direction
    at: Annotated[Moment, Meta(description="When it came, or was put out.")]
    link: str
    number: Number
    text: Text
    state: State
    outcome: Annotated[
        str, Meta(description="Of one that came: what the command decided.")
    ]
    in_reply_to: Annotated[
        int | None, Meta(description="Of one that went: what it answers.")
    ]
    part: int
    parts: int


@frozen
class MessageList:
    """Messages, the newest first."""

    items: list[MessageShown]
    next_cursor: NextCursor


@frozen
class _MessagesAsked:
    number: Annotated[
        WholeNumber | None,
        Meta(
            description="Of whom or to whom; where nobody has this number, those that "
            "begin so. Needs the scope `numbers`."
        ),
    ] = None
    state: State | None = None
    direction: Direction | None = None
    link: LinkName | None = None
    since: Moment | None = None
    until: Annotated[Moment | None, Meta(description="Not within any more.")] = None
    limit: Limit = 100
    cursor: Cursor | None = None


@frozen
class _MessageAsked:
    id: RowNumber


class Messages:
    """``/messages``."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def operations(self) -> Sequence[Operation]:
        """What can be asked."""
        scope = TokenScope.MESSAGES
        return [
            Operation(
                "listMessages",
                "/messages",
                scope,
                "Messages, the newest first",
                _MessagesAsked,
                MessageList,
                self.messages,
                words="A page may have fewer rows than `limit` and still not be the "
                "last: only `next_cursor` tells. Receipts are left out unless their "
                "state is asked for.",
            ),
            Operation(
                "getMessage",
                "/messages/<id>",
                scope,
                "One message's life, from its arrival to the receipts of its replies",
                _MessageAsked,
                MessageLife,
                self.message,
                words="The id is that of any arrival or part of it.",
            ),
        ]

    async def messages(self, call: Call[_MessagesAsked, None]) -> Reply:
        """Messages that fit all that is asked."""
        asked, caller = call.asked, call.caller
        if asked.number is not None and not caller.may(TokenScope.NUMBERS):
            # Who may ask for any number finds the one behind a mask.
            detail = f"number perlu scope {TokenScope.NUMBERS.value}"
            raise Refused(Fault.NO_SCOPE, detail)
        criteria = _criteria(asked, caller)
        at = position(asked.cursor, tuple[float, RowNumber])
        before = None if at is None else search.Place(*at)
        clock = self._means.clock

        def look(connection: ReadConnection) -> search.Found:
            effort = search.Effort.of_seconds(_PATIENCE_S, clock.seconds)
            return search.search(connection, criteria, asked.limit, before, effort)

        found = await self._means.search_reader.read(look)
        following = cursor_of((found.next.at, found.next.id)) if found.next else None
        discretion = _discretion(caller)
        items = [self._shown(one, discretion) for one in found.messages]
        return Reply(MessageList(items, following))

    async def message(self, call: Call[_MessageAsked, None]) -> Reply:
        """One message's life."""
        user = _reader(call.caller)

        def read(connection: ReadConnection) -> Story | None:
            story = find_story(connection, str(call.asked.id))
            seen = story and may_see(connection, user, story.number)
            return story if seen else None

        story = await self._means.reader.read(read)
        if story is None:
            raise Refused(Fault.NOT_FOUND)
        life = life_of(call.asked.id, story, _discretion(call.caller), self._means.zone)
        return Reply(life)

    def _shown(self, one: search.Message, discretion: Discretion) -> MessageShown:
        direction: Direction = "in" if one.direction is search.Direction.IN else "out"
        state: State = one.state  # type: ignore[assignment]  # one of these
        return MessageShown(
            one.id,
            direction,
            moment(one.at, self._means.zone),
            one.link,
            discretion.number(one.number),
            discretion.text(one.text),
            state,
            one.outcome,
            one.inbox_id,
            one.part_number,
            one.part_total,
        )


def _criteria(asked: _MessagesAsked, caller: Caller) -> search.Criteria:
    number = asked.number
    return search.Criteria(
        _reader(caller),
        None if number is None else Sought(number, number, begins=True),
        frozenset() if asked.state is None else frozenset({asked.state}),
        asked.link or "",
        None if asked.direction is None else search.Direction(asked.direction),
        asked.since.timestamp() if asked.since else None,
        asked.until.timestamp() if asked.until else None,
    )


def _reader(caller: Caller) -> User:
    """Somebody who sees what the token may see."""
    token = caller.token
    return User(token.name, Role.OPERATOR, token.unit, token.provinces)


def _discretion(caller: Caller) -> Discretion:
    return Discretion(caller.may(TokenScope.NUMBERS), caller.may(TokenScope.TEXTS))
