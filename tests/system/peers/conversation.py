"""A talk with everything in it that the centre has to say to a carrier, captured.

Like the classes of `behaviour`, its class gets its programs by `against`.
"""

from __future__ import annotations

__all__ = ["CaptureTests"]

from tests.system.centre import CentreOptions
from tests.system.peers.behaviour import LONG, LONG_COMMAND, THROTTLED, PeerCase
from tests.system.peers.capture import Capture
from tests.system.peers.manual import NAMED

_DELIVER_SM_RESP = 0x80000005
_SUBMIT_SM = 0x00000004
_UNBIND_RESP = bytes.fromhex("0000001080000006")
"""Length and command of the last PDU of a bind."""

_WAYS = ("udh", "sar", "payload")


class CaptureTests(PeerCase):
    """What the centre says, as a third party reads it."""

    def test_no_packet_is_malformed(self) -> None:
        """Wireshark takes apart every PDU of a whole talk and finds no error."""
        capture = Capture(self.peer.port, self.folder / "run.pcapng")
        self.addCleanup(capture.stop)
        capture.start()
        self._first_bind()
        for way in _WAYS:
            self._short_bind(way)
        capture.wait_for(_UNBIND_RESP, 1 + len(_WAYS))
        capture.stop()
        self.assertEqual(capture.amiss(), [])
        commands = capture.commands()
        for command, event in (
            (_SUBMIT_SM, "submit_sm"),
            (_DELIVER_SM_RESP, "deliver_sm_resp"),
        ):
            self.assertEqual(commands[command], len(self.peer.of(event)), event)

    def _first_bind(self) -> None:
        """The manual, long commands, throttling, receipts and enquire_link."""
        self.run_centre(CentreOptions(smpp={"enquire_link_s": 1}))
        self.try_manual()
        for case in LONG:
            self.ask_in_parts("RUTAN" + " " * 180 + "1 2 3 4", case)
        self.peer.order("refuse", statuses=[THROTTLED])
        self.ask(LONG_COMMAND)
        for submit in self.peer.of("submit_sm"):
            self.peer.receipt(submit, "UNDELIV" if submit["status"] else "DELIVRD")
        self.peer.order("enquire")
        self.wait(lambda: self.peer.of("enquire_link_resp"), "our answer")
        self.wait(lambda: self.peer.of("enquire_link"), "our question")
        self.end_centre()

    def _short_bind(self, way: str) -> None:
        """A way to cut long messages, in GSM 7-bit and UCS-2."""
        self.run_centre(CentreOptions(smpp={"long_messages": way}), with_names=True)
        self.ask(LONG_COMMAND)
        for row in NAMED:
            self.ask("RUTAN 1 2 3 4", number=row.number)
        self.end_centre()
