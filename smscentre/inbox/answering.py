"""Whether a reply goes out, and its rows in the outbox.

Runs in the writer's thread, on behalf of acceptance. It keeps the counts of D11
and knows what a reply says by nothing but its outcome's name.
"""

from __future__ import annotations

__all__ = ["Answering", "AnsweringSettings", "Posted"]

import datetime
from collections.abc import Callable, Mapping
from functools import partial
from zoneinfo import ZoneInfo

from twisted.logger import Logger

from smscentre.composing import PartStyle, compose
from smscentre.inbox.admission import ANSWERS, STRAY
from smscentre.inbox.limits import (
    RepeatedTexts,
    ReplyLimiter,
    ReplyLimits,
    says_anything,
    without_figures,
)
from smscentre.interfaces import Outcome, Request, Tried
from smscentre.messages import Outgoing, Priority
from smscentre.numbers import masked
from smscentre.store import arrivals
from smscentre.store.outgoing import Draft, add_outgoing, count_by_number
from smscentre.store.transaction import Transaction
from smscentre.values import frozen

_TO_UNKNOWN = frozenset({"unknown", "bad_code", "code_locked"})
"""Refusals that an unknown number may get."""

_PLAIN_STYLE = PartStyle()
"""That of links which have none of their own."""

_TELL_AGAIN_S = 3600

_TRIED_S = 60
"""How long a phone's reply lives: whoever tried something out does not wait longer, and
what a crash leaves of it must never go to the telephone of that number."""

_log = Logger(namespace="smscentre.inbox.answering")


@frozen
class AnsweringSettings:
    """How replies are cut for each link, how long they live, how many there may be.

    ``quotes_own_reply`` tells whether a text that is no command has one of our replies
    within it; ``phones`` are the links whose replies no carrier and no officer sees:
    by them anybody's number is tried out, so they neither count nor are limited.
    """

    timezone: ZoneInfo
    styles: Mapping[str, PartStyle]
    reply_expires_s: float
    limits: ReplyLimits
    quotes_own_reply: Callable[[str], bool] = lambda text: False
    phones: frozenset[str] = frozenset()


@frozen
class Posted:
    """What became of a text: the parts born claimed, and how many were queued."""

    claimed: list[Outgoing]
    queued: int


class Answering:
    """Decides on silences and puts replies into the outbox."""

    def __init__(self, settings: AnsweringSettings) -> None:
        self._settings = settings
        self._limiter = ReplyLimiter(settings.limits, settings.timezone)
        self._repeated = RepeatedTexts()
        self._told: dict[str, float] = {}
        """When the log last told of each limit that holds replies back."""

    def recall(self, transaction: Transaction, now: float) -> None:
        """Count the replies of the present day that an earlier run gave."""
        if not self._limiter.limited:
            return
        since = self._limiter.day_began(now)
        for number, count in count_by_number(transaction, since, self._settings.phones):
            self._limiter.count_earlier(number, now, count)

    def replies_today(self, now: float) -> int | None:
        """How many replies the centre gave today, None where it has no limit.

        Any thread.
        """
        return self._limiter.in_all(now)

    def reason_to_hold(self, link: str, number: str, now: float) -> str:
        """The limit that holds back a reply to a number, or empty."""
        if link in self._settings.phones:
            return ""
        held = self._limiter.reason_to_hold(number, now)
        if held:
            self._tell(held, number, now)
        return held

    def silence_after(
        self, transaction: Transaction, link: str, request: Request, outcome: Outcome
    ) -> str:
        """The reason to hold back the reply of an outcome, or empty (D11)."""
        if link in self._settings.phones:
            return ""
        now = request.arrived_at
        held = self.reason_to_hold(link, request.number, now)
        if held:
            return held
        if outcome.name == "code_locked" and not outcome.effects:
            return "locked"
        if request.officer is None and outcome.name in _TO_UNKNOWN:
            return self._silence_to_unknown(transaction, request, outcome)
        text = request.text
        stray = outcome.name in STRAY or not says_anything(text)
        if request.officer is not None and outcome.name in ANSWERS and not stray:
            return ""
        if any(isinstance(effect, Tried) for effect in outcome.effects):
            # A lock ends what this could be repeated for.
            return ""
        if stray:
            if self._settings.quotes_own_reply(text):
                return "own_reply"
            text = without_figures(text)
        repeated = self._repeated.is_third(request.number, text, now)
        self._repeated.add(request.number, text, now)
        transaction.on_undo(
            partial(self._repeated.take_back, request.number, text, now)
        )
        return "third_identical" if repeated else ""

    def _silence_to_unknown(
        self, transaction: Transaction, request: Request, outcome: Outcome
    ) -> str:
        """One refusal a day for each unknown number, a limit for all together.

        Of wrong codes each number may send some; in the limit for all they count.
        """
        now = datetime.datetime.fromtimestamp(
            request.arrived_at, self._settings.timezone
        )
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        since, phones = midnight.timestamp(), self._settings.phones
        told = arrivals.unknown_told(transaction, since, phones)
        if outcome.name == "unknown" and request.number in told:
            return "unknown_told"
        limit = self._settings.limits.unknown_replies_per_day
        if not limit:
            return ""
        codes = arrivals.refused_codes(transaction, since, phones)
        if sum(told.values()) + codes < limit:
            return ""
        self._tell("unknown_limit", request.number, request.arrived_at)
        return "unknown_limit"

    def _tell(self, limit: str, number: str, now: float) -> None:
        """Say in the log that a limit holds replies back, once an hour."""
        if now >= self._told.get(limit, 0.0) + _TELL_AGAIN_S:
            self._told[limit] = now
            _log.warn(
                "{limit} holds back replies, such as one to {number}; what came is "
                "stored all the same",
                limit=limit,
                number=masked(number),
            )

    def put_out(
        self,
        transaction: Transaction,
        link: str,
        number: str,
        text: str,
        inbox_id: int,
        now: float,
        bind: str = "",
    ) -> Posted:
        """Put a text into the outbox, claimed by a bind if it is of one part.

        A bind keeps one place, so a text of several parts is queued.
        """
        style = self._settings.styles.get(link, _PLAIN_STYLE)
        alphabet, parts = compose(text, style)
        claimer = bind if len(parts) == 1 else ""
        by_phone = link in self._settings.phones
        draft = Draft(
            link,
            number,
            parts,
            alphabet,
            Priority.REPLY,
            style.reference_width,
            now + (_TRIED_S if by_phone else self._settings.reply_expires_s),
            inbox_id,
        )
        outgoing = add_outgoing(transaction, draft, now=now, bind=claimer)
        if not by_phone:
            self.count(transaction, number, now)
        return Posted(outgoing, 0) if claimer else Posted([], len(outgoing))

    def count(self, transaction: Transaction, number: str, now: float) -> None:
        """Count a text that goes to a number, whoever put it out."""
        if self._limiter.limited:
            self._limiter.count(number, now)
            transaction.on_undo(partial(self._limiter.count, number, now, -1))
