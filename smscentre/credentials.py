"""What proves who sends: PINs and registration codes, and how often one may err.

Pure, beside the path: the command line makes and stores them, the store and the
commands compare. In clear they are with their owner only; what is kept are hashes.
"""

from __future__ import annotations

__all__ = [
    "CODE_LENGTH",
    "LOCKED_S",
    "TRIES",
    "Attempts",
    "Invitation",
    "PinChecks",
    "Proof",
    "code_hash",
    "is_pin",
    "matches",
    "new_code",
    "pin_hash",
]

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from enum import Enum
from typing import Final

from attrs import frozen

from smscentre.directory import Right

TRIES: Final = 3
"""So many failures of a number lock what it tried."""

LOCKED_S: Final = 3600
"""How long they lock it, and how long a failure is remembered."""

_ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody takes for one another."""

_GROUPS: Final = 3
_GROUP: Final = 4
CODE_LENGTH: Final = _GROUPS * _GROUP
"""Characters of a code, without what stands between its groups."""

_FOREIGN = re.compile(r"[^A-Z0-9]+")
_PIN = re.compile(r"[0-9]{6}")

# Two MiB and about six milliseconds: the writer waits for it once an officer.
_COST: Final = {"n": 2**11, "r": 8, "p": 1, "dklen": 32}
_SALT_OCTETS: Final = 16
_KEPT_CHECKS: Final = 4096


class Proof(Enum):
    """What a request shows for a right that may be kept by a PIN."""

    UNASKED = "unasked"
    RIGHT = "right"
    MISSING = "missing"
    WRONG = "wrong"
    LOCKED = "locked"


@frozen
class Attempts:
    """The failures of a number in a row; the last was at a moment since 1970."""

    failures: int = 0
    last_at: float = 0.0

    def at(self, now: float) -> Attempts:
        """What of them still counts: after an hour without one, nothing.

        Nor do those of a clock that was more than an hour ahead.
        """
        return self if abs(now - self.last_at) < LOCKED_S else Attempts()

    @property
    def locked(self) -> bool:
        """Whether there were too many; ask it of those that still count."""
        return self.failures >= TRIES

    @property
    def until(self) -> float:
        """When a lock ends."""
        return self.last_at + LOCKED_S

    def failed(self, now: float) -> Attempts:
        """The same with one failure more."""
        return Attempts(self.at(now).failures + 1, now)


@frozen
class Invitation:
    """A code that registers one number for a unit, once; its hash is its name.

    Moments are in seconds since 1970.
    """

    id: int
    unit: str
    rights: frozenset[Right]
    name: str
    created_at: float
    expires_at: float
    used_at: float | None = None
    number: str | None = None
    revoked_at: float | None = None

    def is_open(self, now: float) -> bool:
        """Whether a number can still register with it."""
        return (
            self.used_at is None and self.revoked_at is None and now < self.expires_at
        )


def new_code() -> str:
    """A code at random, of 31 letters and digits in three groups of four: 59 bits."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP))
        for _ in range(_GROUPS)
    )
    return "-".join(groups)


def code_hash(code: str) -> str:
    """What is kept of a code, however its groups were typed.

    Without salt, for it is found by it; so many bits cannot be tried out.
    """
    return hashlib.sha256(_FOREIGN.sub("", code.upper()).encode()).hexdigest()


def is_pin(text: str) -> bool:
    """Whether a text can be a PIN: six digits."""
    return _PIN.fullmatch(text) is not None


def pin_hash(pin: str) -> str:
    """What is kept of a PIN: salt and scrypt, as hexadecimal digits."""
    salt = secrets.token_bytes(_SALT_OCTETS)
    return f"{salt.hex()}:{_scrypt(pin, salt).hex()}"


def matches(pin: str, kept: str) -> bool:
    """Whether a PIN is the one of which a hash is kept. Takes milliseconds."""
    salt, _, found = kept.partition(":")
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt)), bytes.fromhex(found))


class PinChecks:
    """Remembers what was found out, so that an officer's PIN costs once.

    In memory only, by keyed hashes; the key is that of this object.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[tuple[str, bytes], bool] = OrderedDict()

    def matches(self, pin: str, kept: str) -> bool:
        """As the function of this name, at once where it was asked before."""
        seen = hashlib.blake2b(pin.encode(), key=self._key, digest_size=16).digest()
        known = self._known.get((kept, seen))
        if known is None:
            known = self._known[kept, seen] = matches(pin, kept)
            if len(self._known) > _KEPT_CHECKS:
                self._known.popitem(last=False)
        return known


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, **_COST)
