"""The real process when the carrier or the connection misbehaves."""

from __future__ import annotations

from attrs import frozen

from tests.system import pdus
from tests.system.case import OFFICER, OTHER, ServiceTestCase
from tests.system.centre import CentreOptions
from tests.system.peer import CENTRE

_BAD_DESTINATION = 0x0B
_THROTTLED = 0x58

_DELIVER_SM = 0x05
_RESPONSE = 0x80000000
_UNKNOWN_COMMAND = 0x00000123
_DATA_SM = 0x00000103
_LATER = 900_000
"""A sequence number that the carrier's own requests do not reach."""


def _figures(texts: list[str]) -> list[int]:
    """The first figure of each reply."""
    return [int(text.split("P=")[1].split(",")[0]) for text in texts]


@frozen
class Malformed:
    """Octets that break the standard but keep the framing."""

    name: str
    octets: bytes
    answer: tuple[str, int]


def _delivery(body: bytes) -> bytes:
    return pdus.header(16 + len(body), _DELIVER_SM, 0, _LATER) + body


_GOOD = pdus.build(
    "deliver_sm",
    _LATER,
    source_addr=OFFICER,
    destination_addr=CENTRE,
    short_message=b"RUTAN 1 2 3 4",
)[16:]

_KEPT = ("deliver_sm_resp", 0)
"""A delivery with a good header is kept as it came and acknowledged."""

MALFORMED = (
    Malformed("no body", _delivery(b""), _KEPT),
    Malformed("cut in the addresses", _delivery(_GOOD[:12]), _KEPT),
    Malformed("cut in the text", _delivery(_GOOD[:-3]), _KEPT),
    Malformed("source without its end", _delivery(b"\0\1\1" + b"6" * 60), _KEPT),
    Malformed("half a TLV", _delivery(_GOOD + b"\x04\x24\x00"), _KEPT),
    Malformed("a TLV past the end", _delivery(_GOOD + b"\x04\x24\x01\x00a"), _KEPT),
    Malformed(
        "unknown command",
        pdus.header(16, _UNKNOWN_COMMAND, 0, _LATER),
        ("generic_nack", 0x03),
    ),
    Malformed(
        "unsupported command",
        pdus.header(16, _DATA_SM, 0, _LATER),
        ("generic_nack", 0x03),
    ),
)


class FaultTests(ServiceTestCase):
    """A peer that breaks the rules or the connection."""

    def test_malformed_commands(self) -> None:
        """Each gets its answer, and the next message is served in the same bind."""
        self.run_centre()
        for number, case in enumerate(MALFORMED):
            with self.subTest(case=case.name):
                self.smsc.errors.clear()
                self.smsc.send_raw(case.octets)
                self.wait(lambda: self.smsc.errors, case.name)
                self.assertEqual(self.smsc.errors, [case.answer])
                self.assertIn("berhasil", self.ask(f"RUTAN {number} 2 3 4"))
        self.assertEqual(len(self.smsc.sessions), 1)
        kept = sum(case.answer == _KEPT for case in MALFORMED)
        self.assertEqual(self.states("inbox").count("corrupt"), kept)

    def test_stray_responses_are_ignored(self) -> None:
        """Responses that answer nothing change nothing."""
        self.run_centre()
        for command in ("submit_sm_resp", "enquire_link_resp"):
            self.smsc.send_raw(pdus.build(command, _LATER))
        self.smsc.send_raw(pdus.header(16, _RESPONSE, 0x03, _LATER))
        self.assertIn("berhasil", self.ask("RUTAN 1 2 3 4"))
        self.assertEqual(len(self.smsc.sessions), 1)

    def test_a_bad_length_ends_the_bind(self) -> None:
        """Lost framing is answered and the centre binds anew."""
        self.run_centre()
        self.smsc.send_raw(pdus.header(2**31, _DELIVER_SM, 0, _LATER))
        self.wait(lambda: not self.smsc.sessions[0].alive, "the end of the bind")
        self.assertIn(("generic_nack", 0x02), self.smsc.errors)
        self.wait(lambda: self.smsc.bound, "another bind")
        self.assertIn("berhasil", self.ask("RUTAN 1 2 3 4"))

    def test_one_octet_at_a_time(self) -> None:
        """A delivery in fragments is the same delivery."""
        self.run_centre()
        for octet in _delivery(_GOOD):
            self.smsc.send_raw(bytes([octet]))
        self.wait(lambda: self.smsc.texts(OFFICER), "a reply")
        self.assertEqual(self.smsc.errors, [_KEPT])

    def test_the_peer_goes_away_and_returns(self) -> None:
        """Replies wait for the next bind and go in order, at most two copies each."""
        self.run_centre(CentreOptions(window=5))
        self.smsc.holding = True
        deliveries = [
            self.smsc.deliver(OFFICER, f"RUTAN {figure} 1 1 1") for figure in range(20)
        ]
        self.acknowledged(*deliveries)
        self.wait(lambda: len(self.smsc.submits) == 5, "a full window")
        self.smsc.go_away()
        self.smsc.holding = False
        self.smsc.listen()
        self.wait(lambda: len(self.smsc.submits) == 25, "the replies", 15.0)
        later = [submit.text for submit in self.smsc.submits if submit.bind == 2]
        self.assertEqual(_figures(later), list(range(20)))
        self.wait(lambda: set(self.states("outbox")) == {"sent"}, "all marked")

    def test_throttling_keeps_the_order(self) -> None:
        """After "throttled" the link pauses, then all replies go in their order."""
        self.run_centre(CentreOptions(window=1))
        self.smsc.submit_statuses.extend([_THROTTLED, _THROTTLED])
        for figure in range(5):
            self.smsc.deliver(OFFICER, f"RUTAN {figure} 1 1 1")
        self.wait(lambda: len(self.smsc.submits) == 7, "the replies", 15.0)
        accepted = [found.text for found in self.smsc.submits if found.status == 0]
        self.assertEqual(_figures(accepted), list(range(5)))

    def test_a_refused_reply_fails_visibly(self) -> None:
        """A permanent refusal ends one reply and holds up no other."""
        self.run_centre()
        self.smsc.submit_statuses.append(_BAD_DESTINATION)
        self.ask("RUTAN 1 1 1 1")
        self.ask("RUTAN 2 1 1 1", OTHER)
        self.wait(lambda: self.states("outbox") == ["failed", "sent"], "both ends")

    def test_a_copy_while_unacknowledged(self) -> None:
        """Two equal deliveries in one breath are one message, both acknowledged."""
        self.run_centre()
        first, second = (
            pdus.header(16 + len(_GOOD), _DELIVER_SM, 0, _LATER + place) + _GOOD
            for place in range(2)
        )
        self.smsc.send_raw(first + second)
        self.wait(lambda: len(self.smsc.errors) == 2, "both acknowledgements")
        self.assertEqual(self.smsc.errors, [_KEPT, _KEPT])
        self.wait(lambda: self.smsc.texts(OFFICER), "the reply")
        self.ask("RUTAN 5 6 7 8")
        self.assertEqual(len(self.smsc.texts(OFFICER)), 2)
        self.assertEqual(sorted(self.states("inbox")), ["done", "done", "redelivered"])

    def test_a_copy_in_a_new_bind(self) -> None:
        """What the broken connection left unacknowledged is applied once."""
        self.run_centre()
        deliveries = [
            self.smsc.deliver(OFFICER, f"RUTAN {figure} 1 1 1") for figure in range(30)
        ]
        self.smsc.drop(reset=True)
        self.wait(lambda: self.smsc.bound, "another bind")
        self.acknowledged(*deliveries)
        self.wait(lambda: len(set(self.smsc.texts(OFFICER))) == 30, "all replies")
        rows = self.centre.rows(
            "SELECT count(*), count(DISTINCT text) FROM submissions"
        )
        self.assertEqual(rows, [(30, 30)])
