"""PINs of SIMs: read from a file, and never given once too often.

Beneath a modem link, in a thread: everything here blocks. A SIM blocks at the third
wrong PIN, and then only its PUK helps; so each try is written down before it is made.
It knows no modem and no AT command.

Source: 3GPP TS 51.011 §8.9 (VERIFY CHV: blocked after three false ones in a row).
"""

from __future__ import annotations

__all__ = ["PinError", "PinRefusedError", "RefusedPins", "read_pin"]

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from attrs import asdict, evolve, field, frozen
from cattrs import BaseValidationError

from smscentre.errors import SMSCentreError
from smscentre.sections import PinFile
from smscentre.structuring import Rule, SecretFile, strict_converter

_TRIES = 2
"""Tries that a SIM is given until one succeeds; the third may block it."""

_ROUNDS = 100_000
"""Of PBKDF2. There are few PINs, so that the file's mode protects more than this."""


class PinError(SMSCentreError):
    """No PIN can be given; the text says why and what to do."""


class PinRefusedError(PinError):
    """The PIN is not given, since the SIM refused it before or may block."""

    def __init__(self, path: Path, memory: Path) -> None:
        super().__init__(
            f"the PIN in {path} is not tried: the SIM refused it, or two others, "
            "and blocks at the third wrong one; put the right one into the file, "
            f"make sure of it in a phone, and remove {memory}"
        )


def read_pin(path: Path) -> str:
    """The PIN in a file: 4 to 8 digits, for its owner only; blocks.

    :raises PinError: there is none
    """
    converter = strict_converter(path.parent)
    try:
        file: SecretFile = converter.structure(str(path), PinFile)
    except SMSCentreError as error:
        raise PinError(f"pin_file {path} must be {error}") from error
    return file.secret.reveal()


_Count = Annotated[int, Rule(lambda count: count >= 0, "0 or more")]


@frozen
class _Sim:
    """What is known of one SIM's PINs.

    ``spent`` counts tries since the last that succeeded: refused ones, and those of
    which nobody knows how they ended.
    """

    iccid: str
    refused: tuple[str, ...] = ()
    spent: _Count = 0


@frozen
class _Memory:
    """The file's content."""

    salt: str = field(factory=lambda: secrets.token_hex(16))
    sims: tuple[_Sim, ...] = ()

    def sim(self, iccid: str) -> _Sim:
        """What is known of a SIM, maybe nothing."""
        known = (sim for sim in self.sims if sim.iccid == iccid)
        return next(known, _Sim(iccid))

    def having(self, sim: _Sim) -> _Memory:
        """The same with other knowledge of one SIM."""
        others = tuple(other for other in self.sims if other.iccid != sim.iccid)
        return evolve(self, sims=others if sim == _Sim(sim.iccid) else (*others, sim))

    def digest(self, iccid: str, pin: str) -> str:
        """What stands for a PIN."""
        salt = f"{self.salt} {iccid}".encode()
        return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, _ROUNDS).hex()


class RefusedPins:
    """The memory of tried PINs, over restarts; several modems may share it.

    A PIN that a SIM refused is never tried with it again. One try whose end is not
    known, as after a crash, is repeated once. A SIM gets two tries, whatever the
    PINs, until one succeeds. An operator who has put things right in a phone removes
    the file at `path`.

    Every method raises PinError if the file cannot be read or written; none has
    changed it then.
    """

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "refused-pins.json"
        self._fresh = data_dir / "refused-pins.new"
        self._lock = data_dir / "refused-pins.lock"

    def attempt(self, iccid: str, pin: str) -> bool:
        """Write down that a PIN is about to be given; tell whether it may be.

        What becomes of it must be told by one of the other methods.
        """
        with self._locked() as memory:
            sim = memory.sim(iccid)
            if sim.spent >= _TRIES or memory.digest(iccid, pin) in sim.refused:
                return False
            self._write(memory.having(evolve(sim, spent=sim.spent + 1)))
            return True

    def accepted(self, iccid: str, pin: str) -> None:
        """The SIM took it: its tries are all there again."""

        def change(sim: _Sim, digest: str) -> _Sim:
            others = tuple(known for known in sim.refused if known != digest)
            return evolve(sim, refused=others, spent=0)

        self._change(iccid, pin, change)

    def refused(self, iccid: str, pin: str) -> None:
        """The SIM said that it is wrong: it is not tried again."""

        def change(sim: _Sim, digest: str) -> _Sim:
            others = tuple(known for known in sim.refused if known != digest)
            return evolve(sim, refused=(*others, digest))

        self._change(iccid, pin, change)

    def untried(self, iccid: str, pin: str) -> None:
        """The modem said that the SIM did not get it, being busy or absent."""
        self._change(
            iccid, pin, lambda sim, _: evolve(sim, spent=max(sim.spent - 1, 0))
        )

    def _change(
        self, iccid: str, pin: str, change: Callable[[_Sim, str], _Sim]
    ) -> None:
        with self._locked() as memory:
            sim = memory.sim(iccid)
            changed = change(sim, memory.digest(iccid, pin))
            if changed != sim:
                self._write(memory.having(changed))

    @contextmanager
    def _locked(self) -> Iterator[_Memory]:
        """The memory, while no other thread and no other process can change it."""
        try:
            # Another file than the memory's, which is replaced with each change.
            with open(self._lock, "ab", opener=_for_owner) as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield self._read()
        except OSError as error:
            raise PinError(
                f"no PIN is tried, because that cannot be written down: {error}"
            ) from error

    def _read(self) -> _Memory:
        try:
            tree: Any = json.loads(self.path.read_bytes())
            converter = strict_converter(self.path.parent)
            return converter.structure(tree, _Memory)
        except FileNotFoundError:
            return _Memory()
        except (
            ValueError,
            RecursionError,
            BaseValidationError,
            SMSCentreError,
        ) as error:
            raise PinError(
                f"no PIN is tried, because {self.path}, which tells of those that were "
                "refused, is damaged: make sure in a phone that the SIM takes its PIN, "
                "then remove the file"
            ) from error

    def _write(self, memory: _Memory) -> None:
        """Replace the file; once this returns, it survives a loss of power."""
        with open(self._fresh, "wb", opener=_for_owner) as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(json.dumps(asdict(memory), indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(self._fresh, self.path)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
