"""Tests for `smscentre.links.pinfile`, on real files."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from smscentre.links.pinfile import PinError, RefusedPins, read_pin

SIM = "8962100000000000017"
OTHER_SIM = "8962100000000000025"
PIN = "4711"
OTHER_PIN = "08150815"

DAMAGED = (
    b"",
    b"{",
    b"\xff",
    b"[]",
    b"null",
    b"[" * 100_000,
    b'{"salt": "00"}{',
    b'{"salt": 1, "sims": []}',
    b'{"salt": "00", "sims": {}}',
    b'{"salt": "00", "sims": [], "more": 1}',
    b'{"salt": "00", "sims": [{"iccid": "1", "refused": [1], "spent": 0}]}',
    b'{"salt": "00", "sims": [{"iccid": "1", "refused": [], "spent": -1}]}',
    b'{"salt": "00", "sims": [{"iccid": "1", "refused": [], "spent": true}]}',
)
"""Contents that this program did not write."""


class PinFileCase(SynchronousTestCase):
    """A folder for a node's files."""

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def restarted(self) -> RefusedPins:
        """The memory as a new process finds it."""
        return RefusedPins(self.folder)


class RefusedPinsTests(PinFileCase):
    """Which PIN may be tried."""

    def test_an_accepted_pin_may_be_given_for_ever(self) -> None:
        """A modem that is reset often does not use up its tries."""
        for _ in range(5):
            self.assertTrue(self.restarted().attempt(SIM, PIN))
            self.restarted().accepted(SIM, PIN)

    def test_a_refused_pin_is_not_tried_again(self) -> None:
        """Not after any number of restarts."""
        self.assertTrue(self.restarted().attempt(SIM, PIN))
        self.restarted().refused(SIM, PIN)
        for _ in range(5):
            self.assertFalse(self.restarted().attempt(SIM, PIN))

    def test_a_refused_pin_stays_refused_once_another_is_accepted(self) -> None:
        """The operator's old file, put back, does no harm."""
        pins = self.restarted()
        pins.attempt(SIM, PIN)
        pins.refused(SIM, PIN)
        self.assertTrue(pins.attempt(SIM, OTHER_PIN))
        pins.accepted(SIM, OTHER_PIN)
        self.assertFalse(self.restarted().attempt(SIM, PIN))
        self.assertTrue(self.restarted().attempt(SIM, OTHER_PIN))

    def test_a_crash_counts(self) -> None:
        """A try without an end is repeated once: the third might block the SIM."""
        tries = [self.restarted().attempt(SIM, PIN) for _ in range(5)]
        self.assertEqual(tries, [True, True, False, False, False])

    def test_a_crash_and_then_a_refusal(self) -> None:
        """What is left of the SIM's tries is not used by another PIN."""
        self.restarted().attempt(SIM, PIN)
        self.assertTrue(self.restarted().attempt(SIM, PIN))
        self.restarted().refused(SIM, PIN)
        self.assertFalse(self.restarted().attempt(SIM, OTHER_PIN))

    def test_two_refused_pins(self) -> None:
        """A third one is not tried, however new it is."""
        pins = self.restarted()
        for pin in (PIN, OTHER_PIN):
            self.assertTrue(pins.attempt(SIM, pin))
            pins.refused(SIM, pin)
        self.assertFalse(self.restarted().attempt(SIM, "0000"))

    def test_a_crash_and_then_success(self) -> None:
        """The SIM has all its tries again."""
        self.restarted().attempt(SIM, PIN)
        self.restarted().attempt(SIM, PIN)
        self.restarted().accepted(SIM, PIN)
        tries = [self.restarted().attempt(SIM, PIN) for _ in range(3)]
        self.assertEqual(tries, [True, True, False])

    def test_a_busy_sim(self) -> None:
        """What never reached the SIM does not count."""
        for _ in range(5):
            self.assertTrue(self.restarted().attempt(SIM, PIN))
            self.restarted().untried(SIM, PIN)

    def test_another_sim(self) -> None:
        """A PIN is refused by one SIM; another may have it."""
        self.restarted().attempt(SIM, PIN)
        self.restarted().refused(SIM, PIN)
        self.assertTrue(self.restarted().attempt(OTHER_SIM, PIN))

    def test_the_operator_removes_the_file(self) -> None:
        """Everything may be tried again."""
        pins = self.restarted()
        pins.attempt(SIM, PIN)
        pins.refused(SIM, PIN)
        pins.path.unlink()
        self.assertTrue(pins.attempt(SIM, PIN))


class DurabilityTests(PinFileCase):
    """What is on the disk, and when."""

    def test_a_try_is_durable_before_it_is_made(self) -> None:
        """The file, then its name, then the folder that has the name."""
        steps = []
        fsync, replace = os.fsync, os.replace

        def syncing(handle: int) -> None:
            is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
            steps.append("fsync folder" if is_folder else "fsync file")
            fsync(handle)

        def replacing(old: Path, new: Path) -> None:
            steps.append("replace")
            replace(old, new)

        # The system's calls, not ours.
        self.patch(os, "fsync", syncing)
        self.patch(os, "replace", replacing)
        self.assertTrue(self.restarted().attempt(SIM, PIN))
        self.assertEqual(steps, ["fsync file", "replace", "fsync folder"])

    def test_a_full_disk(self) -> None:
        """What cannot be written down is not tried, and all stays as it was."""
        self.restarted().attempt(OTHER_SIM, PIN)
        before = self.restarted().path.read_bytes()

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        for call in ("fsync", "replace"):
            patched = self.patch(os, call, full)
            error = self.assertRaises(PinError, self.restarted().attempt, SIM, PIN)
            patched.restore()
            self.assertIn("No space left", str(error))
            self.assertEqual(self.restarted().path.read_bytes(), before)
        self.assertTrue(self.restarted().attempt(SIM, PIN))

    def test_a_missing_folder(self) -> None:
        """It is not made here, and nothing is tried."""
        pins = RefusedPins(self.folder / "none")
        error = self.assertRaises(PinError, pins.attempt, SIM, PIN)
        self.assertIn("no PIN is tried", str(error))

    def test_a_damaged_file(self) -> None:
        """Nothing is tried, nothing is overwritten, and the words name the file."""
        pins = self.restarted()
        for content in DAMAGED:
            pins.path.write_bytes(content)
            for action in (pins.attempt, pins.accepted, pins.refused, pins.untried):
                error = self.assertRaises(PinError, action, SIM, PIN)
                self.assertIn(f"{pins.path}", str(error))
                self.assertIn("is damaged", str(error))
            self.assertEqual(pins.path.read_bytes(), content)

    def test_half_a_file_from_a_crash(self) -> None:
        """What was being written when the power went is of no account."""
        self.restarted().attempt(SIM, PIN)
        (self.folder / "refused-pins.new").write_bytes(b'{"salt": "0')
        tries = [self.restarted().attempt(SIM, PIN) for _ in range(2)]
        self.assertEqual(tries, [True, False])

    def test_the_files_are_the_owners(self) -> None:
        """Nobody else reads them, whatever the umask."""
        self.addCleanup(os.umask, os.umask(0))
        self.restarted().attempt(SIM, PIN)
        for path in self.folder.iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)

    def test_no_pin_is_stored(self) -> None:
        """Nor is its plain hash: the same PIN looks different in each file and SIM."""
        with TemporaryDirectory() as other:
            found = set()
            for folder, sim in (
                (self.folder, SIM),
                (self.folder, OTHER_SIM),
                (Path(other), SIM),
            ):
                pins = RefusedPins(folder)
                pins.attempt(sim, PIN)
                pins.refused(sim, PIN)
                text = pins.path.read_text()
                self.assertNotIn(f'"{PIN}"', text)
                found.update(json.loads(text)["sims"][-1]["refused"])
        self.assertEqual(len(found), 3)


class SharingTests(PinFileCase):
    """Two modems, hence two threads, at one file."""

    def test_no_change_is_lost(self) -> None:
        """Each SIM's tries are kept, whoever writes at the same time."""
        sims = [str(number) for number in range(12)]
        with ThreadPoolExecutor(4) as pool:
            tries = list(pool.map(lambda sim: self.restarted().attempt(sim, PIN), sims))
        self.assertEqual(tries, [True] * 12)
        known = json.loads(self.restarted().path.read_text())["sims"]
        self.assertEqual(sorted(sim["iccid"] for sim in known), sorted(sims))

    def test_one_sim_gets_two_tries(self) -> None:
        """However many ask at once."""
        with ThreadPoolExecutor(4) as pool:
            tries = list(
                pool.map(lambda pin: self.restarted().attempt(SIM, pin), ["1234"] * 12)
            )
        self.assertEqual(sum(tries), 2)


class ReadPinTests(PinFileCase):
    """The file with the PIN."""

    def write(self, content: bytes, mode: int = 0o600) -> Path:
        """A file with a PIN, or with something else."""
        path = self.folder / "pin"
        path.write_bytes(content)
        path.chmod(mode)
        return path

    def test_a_pin(self) -> None:
        """Four to eight digits, with a line's end or without."""
        for content in (b"4711", b"4711\n", b"12345678\r\n"):
            self.assertEqual(
                read_pin(self.write(content)), content.decode().rstrip("\r\n")
            )

    def test_what_is_no_pin(self) -> None:
        """It is refused, and not shown."""
        for content in (b"", b"471", b"123456789", b"47a1", b"4711 ", b"4711\n4711"):
            path = self.write(content)
            error = self.assertRaises(PinError, read_pin, path)
            self.assertIn(f"{path}", str(error))
            self.assertNotIn("47", str(error).replace(str(path), ""))

    def test_a_file_for_others(self) -> None:
        """The words say how to mend it."""
        path = self.write(b"4711", 0o640)
        error = self.assertRaises(PinError, read_pin, path)
        self.assertIn(f"chmod 600 {path}", str(error))

    def test_a_missing_file(self) -> None:
        """It may be removed while the service runs."""
        error = self.assertRaises(PinError, read_pin, self.folder / "none")
        self.assertIn("No such file", str(error))
