"""What the lines of an answer say: storage, signal, registration, slots.

The link reads with these what the dialogue collected. Each refuses what it cannot
read with `RemoteProtocolError` and nothing else; none knows a dialogue or a TPDU.

Source: 3GPP TS 27.005 §3.1, §4.1 (+CMGL), §3.2.2 (+CPMS); TS 27.007 §7.1 (+CNUM), §7.2
(+CREG), §7.3 (+COPS), §8.5 (+CSQ).
"""

from __future__ import annotations

__all__ = [
    "Registration",
    "Slot",
    "Storage",
    "entries",
    "read_centre",
    "read_choices",
    "read_mode",
    "read_identity",
    "read_name",
    "read_notify",
    "read_operator",
    "read_own_number",
    "read_reference",
    "read_registration",
    "read_signal",
    "read_slot",
    "read_storage",
    "read_storages",
    "read_stored",
]

import re
from collections.abc import Iterator
from enum import Enum

from attrs import field, frozen

from smscentre.at.errors import RemoteProtocolError
from smscentre.at.unsolicited import fits, is_hex

_CMGL = "+CMGL:"
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])[0-9]{1,6}(?![0-9A-Za-z])")
_SLOT = re.compile(
    r"\+CMG[LR]:\s*([0-9]{1,5})\s*,\s*([0-4])\s*,(?:.*,)?\s*([0-9]{1,3})"
)
_REGISTRATION = re.compile(
    r"\+C(?:G|E|5G)?REG:\s*([0-9]{1,2})(?:\s*,\s*([0-9]{1,2})(?![0-9A-Fa-f\"]))?.*"
)
_STORED = re.compile(r'\+C(?:MTI|DSI|BMI):\s*"?([A-Z]{2})"?\s*,\s*([0-9]{1,5})')
_IDENTITY = re.compile(r'(?:[+^]?[A-Z]+:\s*)?"?([0-9]{14,20})[Ff]{0,2}"?')
_CENTRE = re.compile(r'\+CSCA:\s*"([^"]*)".*')
_GROUP = re.compile(r"\(([^()]*)\)")
_RANGE = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3}))?")
_STORES = re.compile(r'"([A-Z]{2})"\s*,\s*([0-9]{1,6})\s*,\s*([0-9]{1,6})')
_QUOTED = re.compile(r'"([^"]*)"')
_TAG = re.compile(
    r"(?:\+CG[MS][A-Z]|Manufacturer|Model|Revision)\s*:\s*", re.IGNORECASE
)
_NUMBER = re.compile(r"\+?[0-9]{5,20}")
_REFERENCE = re.compile(r"\+CMGS:\s*([0-9]{1,3})\b.*")


class Registration(Enum):
    """Where the modem stands with the network; the value says it to an operator.

    Source: 3GPP TS 27.007 §7.2 (<stat>).
    """

    NOT_SEARCHING = "not registered and not searching"
    HOME = "registered at home"
    SEARCHING = "searching"
    DENIED = "registration denied"
    UNKNOWN = "unknown"
    ROAMING = "registered, roaming"
    EMERGENCY = "emergency calls only"

    @property
    def registered(self) -> bool:
        """Whether messages can be sent and received."""
        return self in (Registration.HOME, Registration.ROAMING)


_STATS = (
    Registration.NOT_SEARCHING,
    Registration.HOME,
    Registration.SEARCHING,
    Registration.DENIED,
    Registration.UNKNOWN,
    Registration.ROAMING,
    Registration.HOME,  # for messages only
    Registration.ROAMING,  # for messages only
    Registration.EMERGENCY,
    Registration.HOME,  # without fallback for calls
    Registration.ROAMING,  # without fallback for calls
    Registration.EMERGENCY,
)


@frozen
class Storage:
    """How many slots are taken and how many there are."""

    used: int
    total: int


@frozen
class Slot:
    """One message of a list; ``text`` is its PDU's line as it came, empty if none.

    ``status`` is 0 received and unread, 1 received and read, 2 and 3 of our own.
    ``length`` counts the octets of the TPDU, without the service centre's address.
    """

    index: int
    status: int
    length: int
    text: str = field(repr=False)

    def octets(self) -> bytes:
        """Give the PDU, with the service centre's address before it.

        :raises RemoteProtocolError: it is no hexadecimal, or not as long as it says.
        """
        if not is_hex(self.text):
            raise RemoteProtocolError(f"slot {self.index} has no PDU", self.text)
        if not fits(f",{self.length}", self.text):
            found = len(self.text) // 2
            detail = f"slot {self.index} has {found} octets, and names {self.length}"
            raise RemoteProtocolError(detail, self.text)
        octets = bytes.fromhex(self.text)
        # Without the address, as some old modems list, it is as if that were empty.
        return octets if len(octets) != self.length else b"\0" + octets


def entries(lines: tuple[str, ...]) -> list[tuple[str, str]]:
    """Pair each header of a list with its PDU's line, empty where that is missing.

    Each is read by itself with `read_slot`, so that a bad one hides no other.
    """
    found: list[tuple[str, str]] = []
    for line in lines:
        if line.upper().startswith(_CMGL):
            found.append((line, ""))
        elif found and not found[-1][1]:
            found[-1] = (found[-1][0], line)
    return found


def read_slot(entry: tuple[str, str]) -> Slot:
    """Read one entry of a list, without its PDU.

    :raises RemoteProtocolError: the header is not that of PDU mode.
    """
    match = _matched(_SLOT, entry[0], "a header of +CMGL in PDU mode")
    return Slot(int(match[1]), int(match[2]), int(match[3]), entry[1])


def read_stored(line: str) -> tuple[str, int]:
    """Read the storage and the index of +CMTI and +CDSI.

    :raises RemoteProtocolError: it has no index.
    """
    match = _matched(_STORED, line, "a storage and an index")
    return match[1], int(match[2])


def read_storage(lines: tuple[str, ...]) -> Storage:
    """Read the first storage of +CPMS, from the answer to setting it or asking.

    :raises RemoteProtocolError: there are not two numbers.
    """
    line = _line(lines, "+CPMS:")
    numbers = _NUMBERS.findall(line)
    if len(numbers) < 2:
        raise RemoteProtocolError("+CPMS without two numbers", line)
    return Storage(int(numbers[0]), int(numbers[1]))


def read_signal(lines: tuple[str, ...]) -> int | None:
    """Read +CSQ in dBm, -113 to -51; None when the modem does not know.

    :raises RemoteProtocolError: there is no number.
    """
    line = _line(lines, "+CSQ:")
    numbers = _NUMBERS.findall(line)
    if not numbers:
        raise RemoteProtocolError("+CSQ without a number", line)
    strength = int(numbers[0])
    return 2 * strength - 113 if strength <= _RSSI_MOST else None


def read_registration(line: str) -> Registration:
    """Read +CREG, +CGREG or +CEREG, as an answer or by itself.

    An answer has the setting of +CREG before the state; by itself the state is
    followed by nothing, or by an area of four digits or in quotes.

    :raises RemoteProtocolError: there is no state.
    """
    match = _matched(_REGISTRATION, line, "a state of registration")
    stat = int(match[2] if match[2] is not None else match[1])
    if stat >= len(_STATS):
        raise RemoteProtocolError(f"registration {stat}", line)
    return _STATS[stat]


def read_identity(lines: tuple[str, ...]) -> str:
    """Read the digits of an IMEI or an ICCID, bare or behind a prefix.

    :raises RemoteProtocolError: no line has them.
    """
    for line in lines:
        match = _IDENTITY.fullmatch(line)
        if match is not None:
            return match[1]
    raise RemoteProtocolError("no identity", lines[0] if lines else "")


def read_centre(lines: tuple[str, ...]) -> str:
    """Read the service centre's number of +CSCA; empty when none is set.

    :raises RemoteProtocolError: there is no number in quotes.
    """
    return _matched(_CENTRE, _line(lines, "+CSCA:"), "a number in quotes")[1]


def read_notify(lines: tuple[str, ...]) -> tuple[int, ...]:
    """Read the five settings of +CNMI, so that they can be compared with ours.

    :raises RemoteProtocolError: there are not five.

    Source: 3GPP TS 27.005 §3.4.1.
    """
    line = _line(lines, "+CNMI:")
    numbers = tuple(int(number) for number in _NUMBERS.findall(line))
    if len(numbers) != _NOTIFY_SETTINGS:
        raise RemoteProtocolError(f"+CNMI with {len(numbers)} settings", line)
    return numbers


def read_name(lines: tuple[str, ...]) -> str:
    """Read manufacturer, model or revision: the first line, without what heads it.

    :raises RemoteProtocolError: there is no line.
    """
    for line in lines:
        name = _TAG.sub("", line, count=1).strip().strip('"')
        if name:
            return name
    raise RemoteProtocolError("no name")


def read_mode(lines: tuple[str, ...]) -> int:
    """Read the first number of +CMEE or +CFUN.

    :raises RemoteProtocolError: there is none.
    """
    numbers = _NUMBERS.findall(lines[-1] if lines else "")
    if not numbers:
        raise RemoteProtocolError("a setting without a number", *lines[-1:])
    return int(numbers[0])


def read_operator(lines: tuple[str, ...]) -> str:
    """Read the network's name or number of +COPS; empty without a network.

    :raises RemoteProtocolError: there is no +COPS.
    """
    named = _QUOTED.search(_line(lines, "+COPS:"))
    return named[1] if named else ""


def read_own_number(lines: tuple[str, ...]) -> str:
    """Read the first telephone number of +CNUM; empty where the SIM has none."""
    for line in lines:
        for text in _QUOTED.findall(line):
            if _NUMBER.fullmatch(text):
                return str(text)
    return ""


def read_storages(lines: tuple[str, ...]) -> dict[str, Storage]:
    """Read every storage that AT+CPMS? names.

    :raises RemoteProtocolError: it names none.
    """
    line = _line(lines, "+CPMS:")
    found = {
        name: Storage(int(used), int(total))
        for name, used, total in _STORES.findall(line)
    }
    if not found:
        raise RemoteProtocolError("+CPMS without a storage", line)
    return found


def read_choices(lines: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """Read what a command takes, from the answer to its ``=?``, a set a parameter.

    A range of numbers is written out, quotes are taken off.

    :raises RemoteProtocolError: there are no parentheses.

    Source: 3GPP TS 27.007 §4.2; ITU-T V.250 §5.7.3.
    """
    groups = _GROUP.findall(lines[-1] if lines else "")
    if not groups:
        raise RemoteProtocolError("no choices in parentheses", *lines[-1:])
    return tuple(frozenset(_choices(group)) for group in groups)


def _choices(group: str) -> Iterator[str]:
    for text in group.split(","):
        choice = text.strip().strip('"')
        numbers = _RANGE.fullmatch(choice)
        if numbers is None:
            yield choice
        else:
            last = int(numbers[2] or numbers[1])
            yield from map(str, range(int(numbers[1]), last + 1))


def read_reference(lines: tuple[str, ...]) -> int:
    """Read the reference (TP-MR) of +CMGS, by which a report names the message.

    :raises RemoteProtocolError: there is none, or it is above 255.
    """
    line = _line(lines, "+CMGS:")
    reference = int(_matched(_REFERENCE, line, "a reference")[1])
    if reference > _REFERENCE_MOST:
        raise RemoteProtocolError(f"a reference of {reference}", line)
    return reference


_NOTIFY_SETTINGS = 5
_RSSI_MOST = 31
_REFERENCE_MOST = 255


def _line(lines: tuple[str, ...], prefix: str) -> str:
    """Give the first line with a prefix."""
    for line in lines:
        if line.upper().startswith(prefix):
            return line
    raise RemoteProtocolError(f"an answer without {prefix.rstrip(':')}")


def _matched(form: re.Pattern[str], line: str, expected: str) -> re.Match[str]:
    match = form.fullmatch(line)
    if match is None:
        raise RemoteProtocolError(f"expected {expected}", line)
    return match
