"""Whole dialogues: what is said, however it is cut and whatever stands between."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.events import Answered, Event, Fault, Unsolicited
from smscentre.at.unsolicited import Kind
from tests.at.samples import EXCHANGES, TRANSCRIPTS, UNSOLICITED, Exchange, idle, spoken


def _answer(happened: list[Event]) -> tuple[tuple[str, ...], str]:
    """The one answer among events."""
    (answered,) = (event for event in happened if isinstance(event, Answered))
    return answered.lines, answered.result.text


def _kinds(happened: list[Event]) -> tuple[Kind, ...]:
    return tuple(event.kind for event in happened if isinstance(event, Unsolicited))


def _borders(exchange: Exchange) -> list[int]:
    """Where a line ends, but for those in the middle of something unsolicited."""
    octets, borders, after_header = exchange.octets, [0], False
    start = 0
    for at, octet in enumerate(octets):
        if octet != ord("\n"):
            continue
        line = octets[start : at + 1]
        start = at + 1
        if line.strip():
            after_header = line.startswith((b"+CMT:", b"+CDS:"))
        if not after_header:
            borders.append(start)
    return borders


class TranscriptTests(SynchronousTestCase):
    """What several makers' modems say."""

    def test_dialogues(self) -> None:
        """Each command gets its own lines and result, and nothing is a fault."""
        for name, exchanges in TRANSCRIPTS.items():
            dialogue = idle()
            for token, exchange in enumerate(exchanges, 1):
                self.assertEqual(dialogue.enqueue(exchange.command, 1.0), token)
                happened = dialogue.receive(exchange.octets, 1.0)
                where = (name, exchange.command.name)
                self.assertEqual(
                    _answer(happened), (exchange.lines, exchange.result), where
                )
                self.assertEqual(_kinds(happened), exchange.unsolicited, where)
                faults = [event for event in happened if isinstance(event, Fault)]
                self.assertEqual(faults, [], where)

    def test_every_split(self) -> None:
        """Two pieces tell the same as one, wherever they are cut."""
        for exchange in EXCHANGES:
            octets = exchange.octets
            whole = spoken(exchange.command, [octets])
            for at in range(1, len(octets)):
                pieces = [octets[:at], octets[at:]]
                self.assertEqual(spoken(exchange.command, pieces), whole, pieces)

    def test_one_octet_at_a_time(self) -> None:
        """Single octets tell the same as one piece."""
        for exchange in EXCHANGES:
            pieces = [
                exchange.octets[at : at + 1] for at in range(len(exchange.octets))
            ]
            whole = spoken(exchange.command, [exchange.octets])
            self.assertEqual(spoken(exchange.command, pieces), whole)

    def test_line_ends(self) -> None:
        """CR alone, LF alone and both in any mixture end a line."""
        for exchange in EXCHANGES:
            whole = spoken(exchange.command, [exchange.octets])
            for end in (b"\r", b"\n", b"\r\r\n", b"\n\r"):
                octets = exchange.octets.replace(b"\r\n", end)
                self.assertEqual(spoken(exchange.command, [octets]), whole, octets)

    def test_unsolicited_lines_between(self) -> None:
        """At every border of lines they change nothing of the answer."""
        for exchange in EXCHANGES:
            for at in _borders(exchange):
                for inserted, kind in UNSOLICITED:
                    pieces = [exchange.octets[:at], inserted, exchange.octets[at:]]
                    happened = spoken(exchange.command, [b"".join(pieces)])
                    self.assertEqual(
                        _answer(happened), (exchange.lines, exchange.result), pieces
                    )
                    self.assertEqual(
                        sorted(each.value for each in _kinds(happened)),
                        sorted(each.value for each in (*exchange.unsolicited, kind)),
                        pieces,
                    )
