"""Tests for `smscentre.texting` against a socket that answers once."""

from __future__ import annotations

import json
import socket
import tempfile
from pathlib import Path
from threading import Thread

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre.texting import LONGEST_TEXT, TextingError, phone_socket, send_text

NUMBER = "+628111203001"


@frozen
class Failure:
    """What the service answers, and a word of the error that it becomes."""

    answer: bytes
    word: str


FAILURES = (
    Failure(b'{"error": "the service stops"}\n', "the service stops"),
    Failure(b"", "ended before it replied"),
    Failure(b"HTTP/1.1 400\n", "no phone link"),
    Failure(b'{"other": 1}\n', "no phone link"),
)


class TextingTests(SynchronousTestCase):
    """One text, one line back."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = phone_socket(Path(folder.name), "demo")
        self.asked: list[bytes] = []

    def answer_with(self, answer: bytes) -> None:
        """Listen for one question and answer it."""
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(self.path))
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as stream:
                self.asked.append(stream.readline())
                connection.sendall(answer)

        thread = Thread(target=serve)
        thread.start()
        self.addCleanup(thread.join)

    def test_replies_are_returned(self) -> None:
        """In their order."""
        self.answer_with(b'{"replies": ["satu", "dua"]}\n')
        replies = send_text(self.path, NUMBER, "HELP 1\n2")
        self.assertEqual(replies, ["satu", "dua"])
        asked = json.loads(self.asked[0])
        self.assertEqual(asked, {"number": NUMBER, "text": "HELP 1\n2"})

    def test_failures_are_told(self) -> None:
        """The service's own words where it has some."""
        for failure in FAILURES:
            self.path.unlink(missing_ok=True)
            self.answer_with(failure.answer)
            error = self.assertRaises(
                TextingError, send_text, self.path, NUMBER, "HELP"
            )
            self.assertIn(failure.word, str(error))

    def test_a_text_that_no_sms_can_have_is_not_sent(self) -> None:
        """Too long, or octets that were no UTF-8 on the command line."""
        for text, word in (
            ("A" * (LONGEST_TEXT + 1), "1,601 characters"),
            ("RUTAN \udcff", "character 7"),
        ):
            error = self.assertRaises(TextingError, send_text, self.path, NUMBER, text)
            self.assertIn(word, str(error))

    def test_a_service_that_does_not_run_is_told(self) -> None:
        """No socket, or one that nobody listens at."""
        for left in (False, True):
            if left:
                with socket.socket(socket.AF_UNIX) as stale:
                    stale.bind(str(self.path))
            error = self.assertRaises(
                TextingError, send_text, self.path, NUMBER, "HELP"
            )
            self.assertIn("does not run", str(error))
