"""``/send``: an SMS to one number, by way of the outbox.

It is taken when it is stored, and then goes once: who asks again with the same key
gets the same answer and sends nothing.
"""

from __future__ import annotations

__all__ = ["Sending"]

import math
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Final, Literal

import msgspec
from attrs import frozen
from msgspec import Meta

from smscentre.directory import Directory
from smscentre.messages import Priority
from smscentre.numbers import NumberError, parse_number
from smscentre.posting import Letter, NoLinkError, TooLongTextError
from smscentre.store import sendings
from smscentre.store.outgoing import Draft
from smscentre.store.steps import OutboxState
from smscentre.tokens import TokenScope
from smscentre.web.api.access import CHALLENGE
from smscentre.web.api.faults import PREFIX, BadField, Fault, Refused
from smscentre.web.api.operations import Call, Caller, Operation, Reply, header
from smscentre.web.api.shapes import Moment, RowNumber, WholeNumber, moment
from smscentre.web.means import Means

_TEXT_MOST: Final = 1530
"""Ten parts of the GSM alphabet, which is what links carry unless they say else."""

_PRIORITIES: Final = {
    "message": Priority.REMINDER,
    "broadcast": Priority.BROADCAST,
}

_WAITING = {OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.IN_DOUBT}
_FAILED = {OutboxState.FAILED, OutboxState.EXPIRED}

State = Literal["waiting", "sent", "delivered", "failed", "uncertain"]


class SendBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An SMS to be sent."""

    to: Annotated[WholeNumber, Meta(description="The number, in E.164.")]
    text: Annotated[
        str,
        Meta(
            pattern="^[^\\u0000-\\u0009\\u000b\\u000c\\u000e-\\u001f\\u007f]+$",
            max_length=_TEXT_MOST,
            description="At most as many parts as the link carries, ten if nothing "
            "else is configured: 1,530 characters of the GSM alphabet, else 670.",
        ),
    ]
    priority: Annotated[
        Literal["message", "broadcast"],
        Meta(
            description="Replies to officers go first, then messages, then broadcasts."
        ),
    ] = "message"


@frozen
class PartShown:
    """One part of an SMS that was sent."""

    number: int
    state: Annotated[str, Meta(description="As the outbox has it.")]
    sent_at: Annotated[Moment | None, Meta(description="When the carrier took it.")]
    final_at: Moment | None
    error: str | None


@frozen
class SendingShown:
    """An SMS that was taken, and what has become of it.

    ``waiting`` until the carrier has taken all parts, then ``sent``; ``delivered``
    once receipts say so of all. ``failed`` if a part will not arrive, ``uncertain`` if
    nobody can say whether it went.
    """

    id: int
    href: Annotated[str, Meta(description="Where its state is found.")]
    to: str
    state: State
    link: str
    created_at: Moment
    expires_at: Annotated[
        Moment, Meta(description="When it is given up if it could not be sent.")
    ]
    parts: list[PartShown]


@frozen
class _SendAsked:
    idempotency_key: Annotated[
        str,
        Meta(
            pattern="^[!-~]{1,100}$",
            description="Chosen by the program, another one for every SMS. With the "
            "same key within 24 hours nothing is sent again.",
        ),
    ] = header("Idempotency-Key")


@frozen
class _StateAsked:
    id: RowNumber


class Sending:
    """``/send``."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def operations(self) -> Sequence[Operation]:
        """What can be asked."""
        return [
            Operation(
                "send",
                "/send",
                TokenScope.SEND,
                "Send an SMS",
                _SendAsked,
                SendingShown,
                self.send,
                method="POST",
                body=SendBody,
                status=202,
                words="Answered when it is stored; the state tells when it went.",
                headers={
                    "Location": "Where its state is found.",
                    "Idempotent-Replayed": "`true` if it was taken before.",
                },
                faults=(
                    Fault.NOT_ITS_OFFICER,
                    Fault.DESTINATION,
                    Fault.TOO_LONG,
                    Fault.KEY_REUSED,
                    Fault.SENDING_LIMIT,
                    Fault.NO_LINK,
                ),
            ),
            Operation(
                "getSending",
                "/send/<id>",
                TokenScope.SEND,
                "What has become of an SMS that the same token has sent",
                _StateAsked,
                SendingShown,
                self.state,
            ),
        ]

    async def send(self, call: Call[_SendAsked, SendBody]) -> Reply:
        """Have an SMS stored, to be sent."""
        to = self._destination(call.body.to)
        await self._check_place(call.caller, to)
        draft = self._draft(call.body, to, call.now)
        stored = await self._store(call, draft)
        match stored:
            case sendings.Withdrawn():
                raise Refused(Fault.BAD_TOKEN, headers=CHALLENGE)
            case sendings.Reused():
                raise Refused(Fault.KEY_REUSED)
            case sendings.Full(wait_s):
                wait = {"Retry-After": str(math.ceil(wait_s))}
                raise Refused(Fault.SENDING_LIMIT, headers=wait)
        if not stored.repeated:
            self._means.programs.post.queued(draft.link, len(draft.parts))
        shown = self._shown(stored)
        return Reply(shown, _headers(shown, stored.repeated))

    async def state(self, call: Call[_StateAsked, None]) -> Reply:
        """What has become of an SMS."""
        token, row = call.caller.token.id, call.asked.id
        found = await self._means.reader.read(
            lambda connection: sendings.find_sending(connection, token, row)
        )
        if found is None:
            raise Refused(Fault.NOT_FOUND)
        return Reply(self._shown(found))

    def _destination(self, number: str) -> str:
        """The number of a possible subscriber who is not we.

        :raises Refused: it is none
        """
        try:
            # A number with its country code is read alike in every country.
            found = parse_number(number, "ID")
        except NumberError as error:
            raise Refused(Fault.DESTINATION) from error
        if found != number:
            # What is not exactly E.164 may be a slip.
            raise Refused(Fault.DESTINATION)
        if found in self._means.programs.post.own_numbers:
            raise Refused(Fault.DESTINATION, "nomor pusat SMS ini sendiri")
        return found

    async def _check_place(self, caller: Caller, number: str) -> None:
        """See that a token of a place writes to an officer of there.

        :raises Refused: it does not
        """
        if caller.sees_all:
            return
        directory = await self._means.current_directory()
        if not _is_officer(directory, caller, number):
            raise Refused(Fault.NOT_ITS_OFFICER)

    def _draft(self, body: SendBody, to: str, now: float) -> Draft:
        """The parts of a text.

        :raises Refused: it cannot be sent
        """
        if not body.text.strip():
            raise Refused(Fault.BODY, errors=[BadField("text", "harus berisi")])
        post = self._means.programs.post
        letter = Letter(to, body.text, _PRIORITIES[body.priority], now + post.expires_s)
        try:
            return post.draft(letter)
        except TooLongTextError as error:
            detail = f"paling banyak {error.allowed} SMS"
            raise Refused(Fault.TOO_LONG, detail) from error
        except NoLinkError as error:
            raise Refused(Fault.NO_LINK) from error

    async def _store(
        self, call: Call[_SendAsked, SendBody], draft: Draft
    ) -> sendings.Sending | sendings.Reused | sendings.Full | sendings.Withdrawn:
        """Put it into the outbox, or find that it is there.

        :raises StoreError: the database does not answer in time; it may be stored later
        """
        order = sendings.Order(
            call.caller.token.id,
            call.caller.actor,
            call.asked.idempotency_key,
            _digest(call.body, draft.number),
            call.now,
        )
        post = self._means.programs.post
        share = sendings.Share(post.sms_per_day, post.per_number_hour)
        return await self._means.changer.perform(
            lambda transaction: sendings.put_sending(transaction, draft, order, share)
        )

    def _shown(self, found: sendings.Sending) -> SendingShown:
        zone = self._means.zone
        return SendingShown(
            found.id,
            f"{PREFIX}/send/{found.id}",
            found.to,
            _state([OutboxState(part.state) for part in found.parts]),
            found.link,
            moment(found.created_at, zone),
            moment(found.expires_at, zone),
            [
                PartShown(
                    part.number,
                    part.state,
                    moment(part.sent_at, zone),
                    moment(part.final_at, zone),
                    part.error,
                )
                for part in found.parts
            ],
        )


def _headers(shown: SendingShown, repeated: bool) -> Mapping[str, str]:
    found = {"Location": shown.href}
    return {**found, "Idempotent-Replayed": "true"} if repeated else found


def _digest(body: SendBody, to: str) -> str:
    """By what the same SMS is known again."""
    return sha256(msgspec.json.encode([to, body.text, body.priority])).hexdigest()


def _is_officer(directory: Directory, caller: Caller, number: str) -> bool:
    """Whether a number is that of an active officer of the token's place."""
    officer = directory.officers.get(number)
    if officer is None or not officer.active:
        return False
    unit = directory.unit_of(officer)
    if unit is not None:
        return caller.token.covers(unit)
    own = {*caller.token.provinces}
    return bool(officer.provinces) and {*officer.provinces} <= own


def _state(states: Sequence[OutboxState]) -> State:
    """What can be said of all parts together."""
    found = {*states}
    if found & _FAILED:
        return "failed"
    if OutboxState.UNCERTAIN in found:
        return "uncertain"
    if found & _WAITING:
        return "waiting"
    return "delivered" if found == {OutboxState.DELIVERED} else "sent"
