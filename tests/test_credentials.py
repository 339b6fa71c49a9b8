"""Codes and PINs: made at random, kept as hashes, tried three times."""

from __future__ import annotations

import re
import time

from twisted.trial.unittest import SynchronousTestCase

from smscentre.credentials import (
    LOCKED_S,
    TRIES,
    Attempts,
    Invitation,
    PinChecks,
    code_hash,
    is_pin,
    matches,
    new_code,
    pin_hash,
)


class CodeTests(SynchronousTestCase):
    """Registration codes."""

    def test_form(self) -> None:
        """Three groups of four, of characters that are not alike."""
        for _ in range(100):
            code = new_code()
            self.assertTrue(re.fullmatch(r"(\w{4}-){2}\w{4}", code), code)
            self.assertFalse(set(code) & set("01ILO"), code)

    def test_no_two_are_equal(self) -> None:
        """Of 59 bits."""
        self.assertEqual(len({new_code() for _ in range(1000)}), 1000)

    def test_typed_otherwise(self) -> None:
        """Small letters and other separators are the same code, a letter is not."""
        code = new_code()
        for typed in (code.lower(), code.replace("-", " "), f" <{code}> "):
            self.assertEqual(code_hash(typed), code_hash(code))
        self.assertNotEqual(code_hash(code[:-1]), code_hash(code))
        self.assertNotIn(code, code_hash(code))

    def test_open(self) -> None:
        """Until it expires."""
        invitation = Invitation(1, "1203", frozenset(), "", 0.0, 10.0)
        self.assertTrue(invitation.is_open(9.9))
        self.assertFalse(invitation.is_open(10.0))


class PinTests(SynchronousTestCase):
    """PINs of officers."""

    def test_hashes(self) -> None:
        """The PIN fits its hash, another does not; no two hashes are equal."""
        kept = pin_hash("739184")
        self.assertTrue(matches("739184", kept))
        self.assertFalse(matches("739185", kept))
        self.assertFalse(matches("", kept))
        self.assertNotIn("739184", kept)
        self.assertNotEqual(kept, pin_hash("739184"))

    def test_form(self) -> None:
        """Six digits of ours."""
        self.assertTrue(is_pin("000000"))
        for text in ("", "12345", "1234567", "12345a", "\uff11" * 6, "123456\n"):
            self.assertFalse(is_pin(text), text)

    def test_cost(self) -> None:
        """A first look is dear to whoever guesses, the next ones are not."""
        checks = PinChecks()
        kept = pin_hash("739184")
        began = time.thread_time()
        checks.matches("739184", kept)
        first = time.thread_time() - began
        began = time.thread_time()
        for _ in range(10):
            self.assertTrue(checks.matches("739184", kept))
        self.assertLess((time.thread_time() - began) / 10, first / 10)
        self.assertFalse(checks.matches("739185", kept))
        self.assertFalse(checks.matches("739184", pin_hash("111111")))


class AttemptsTests(SynchronousTestCase):
    """Failures in a row."""

    def test_lock(self) -> None:
        """The third one locks for an hour from itself on."""
        attempts = Attempts()
        for at in range(TRIES):
            self.assertFalse(attempts.at(at).locked)
            attempts = attempts.failed(float(at))
        self.assertTrue(attempts.at(attempts.until - 1).locked)
        self.assertFalse(attempts.at(attempts.until).locked)
        self.assertEqual(attempts.until, TRIES - 1 + LOCKED_S)

    def test_after_the_lock(self) -> None:
        """The next failure is the first again."""
        self.assertEqual(Attempts(3, 0.0).failed(LOCKED_S), Attempts(1, LOCKED_S))

    def test_a_lock_of_a_clock_that_was_ahead(self) -> None:
        """It ends as the clock is set right, not in a year; one of a moment holds."""
        year = 365 * 86400.0
        self.assertFalse(Attempts(TRIES, year).at(0.0).locked)
        self.assertTrue(Attempts(TRIES, 10.0).at(0.0).locked)
