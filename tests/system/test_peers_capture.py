"""What the real process says to each SMSC, judged by Wireshark's dissector."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path
from unittest import skipIf

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from tests.system import pdus
from tests.system.peers import conversation
from tests.system.peers.behaviour import against
from tests.system.peers.capture import MISSING, Capture
from tests.system.peers.programs import NODE, PERL

_SUBMIT_SM = 0x00000004

NodeCaptureTests = against(NODE, conversation.CaptureTests, __name__, MISSING)
PerlCaptureTests = against(PERL, conversation.CaptureTests, __name__, MISSING)


@frozen
class Sample:
    """The body of a submit_sm and whether Wireshark must object to it."""

    name: str
    body: bytes
    malformed: bool


_GOOD = pdus.build(
    "submit_sm",
    1,
    source_addr="02170252704",
    destination_addr="628111203001",
    short_message=b"RUTAN 1 2 3 4",
)[16:]

SAMPLES = (
    Sample("as it should be", _GOOD, False),
    Sample("no body", b"", True),
    Sample("cut in the addresses", _GOOD[:10], True),
    Sample("cut in the text", _GOOD[:-2], True),
    Sample("source without its end", b"\0\1\1" + b"6" * 60, True),
    Sample("half a TLV", _GOOD + b"\x04\x24\x00", True),
    Sample("a TLV past the end", _GOOD + b"\x04\x24\x01\x00a", True),
)


@skipIf(bool(MISSING), MISSING)
class FilterTests(SynchronousTestCase):
    """The judge himself: what he does not find, nobody has shown to be absent."""

    def test_malformed_packets_are_found(self) -> None:
        """Each bad PDU is one packet of the report; the good one is none."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            capture = Capture(port, Path(folder.name, "run.pcapng"))
            self.addCleanup(capture.stop)
            capture.start()
            for sample in SAMPLES:
                with (
                    socket.create_connection(("127.0.0.1", port)) as client,
                    listener.accept()[0] as server,
                ):
                    client.sendall(_submit_sm(sample.body))
                    server.recv(1)
        capture.wait_for(_submit_sm(SAMPLES[-1].body))
        capture.stop()
        self.assertEqual(capture.commands()[_SUBMIT_SM], len(SAMPLES))
        bad = sum(sample.malformed for sample in SAMPLES)
        self.assertEqual(len(capture.amiss()), bad)
        self.assertTrue(all("Malformed" in line for line in capture.amiss()))


def _submit_sm(body: bytes) -> bytes:
    return pdus.header(16 + len(body), _SUBMIT_SM, 0, 1) + body
