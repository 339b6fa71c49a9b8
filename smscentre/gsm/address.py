"""Addresses on the air: of senders, receivers and service centres.

Between the octets of a TPDU and `smscentre.messages.Address`. It does not know
whether a number is a valid one, nor whose it is.

Source: 3GPP TS 23.040 §9.1.2.3 (semi-octets), §9.1.2.5 (address fields);
3GPP TS 24.011 §8.2.5.1 and §8.2.5.2 (address of the service centre).
"""

from __future__ import annotations

__all__ = ["read_address", "read_smsc", "write_address", "write_smsc"]

from smscentre.gsm import alphabet as gsm7
from smscentre.gsm.tpdu_octets import Reader
from smscentre.messages import Address

_SEMI_OCTETS = 20
"""The most that an address has: 12 octets with its length and type."""

_SMSC_OCTETS = 11
"""The most that the address of a service centre has, its type included."""

_DIGITS = "0123456789*#abc"
"""The characters of a number by their semi-octet; 0xF fills the last octet."""

_FROM_HEX = str.maketrans("abcde", "*#abc")
_TO_HEX = str.maketrans("*#abc", "abcde")
_FILLER = "f"

_EXTENSION = 0x80
"""The first bit of a type of address: no second octet of it follows."""


def read_address(reader: Reader) -> Address:
    """Read TP-OA, TP-DA or TP-RA: a number, or a name in septets.

    A number is without "+"; its ``ton`` says if it is international. A length of 0
    is an empty number, as some SMSCs have it where they hide the sender.

    :raises TPDUError: the octets end early, or more than 20 semi-octets.
    """
    length = reader.octet("the length of an address")
    if length > _SEMI_OCTETS:
        raise reader.refused(f"an address of at most {_SEMI_OCTETS} semi-octets")
    ton, npi = _read_type(reader)
    octets = reader.take((length + 1) // 2, f"an address of {length} semi-octets")
    address = Address("", ton, npi)
    if address.is_name:
        # The length tells only in which semi-octet the last septet ends.
        name = gsm7.decode(gsm7.unpack(octets, length * 4 // 7))
        return Address(name, ton, npi)
    return Address(_read_digits(octets, length), ton, npi)


def write_address(address: Address) -> bytes:
    """Write TP-OA, TP-DA or TP-RA.

    :raises ValueError: too long, a character that has no code, or a type of number
        or numbering plan that does not exist.
    """
    kind = _type_of(address)
    if not address.is_name:
        return bytes((len(address.digits), kind)) + _write_digits(address.digits)
    if address.npi:
        raise ValueError(f"expected numbering plan 0 for a name, found {address}")
    try:
        septets = gsm7.encode(address.digits)
    except gsm7.UnencodableError as error:
        raise ValueError(str(error)) from error
    length = (7 * len(septets) + 3) // 4
    if length > _SEMI_OCTETS:
        raise ValueError(f"expected a name of at most 11 septets, found {address}")
    return bytes((length, kind)) + gsm7.pack(septets)


def read_smsc(reader: Reader) -> Address | None:
    """Read the address of the service centre before a TPDU; None stands for none.

    Its length counts octets, its type included, and not semi-octets.

    :raises TPDUError: the octets end early, or more than 11 of them.

    Source: 3GPP TS 27.005 §3.1 (<pdu>).
    """
    length = reader.octet("the length of an SMSC address")
    if length > _SMSC_OCTETS:
        raise reader.refused(f"an SMSC address of at most {_SMSC_OCTETS} octets")
    if not length:
        return None
    ton, npi = _read_type(reader)
    octets = reader.take(length - 1, f"an SMSC address of {length} octets")
    return Address(_read_digits(octets, 2 * len(octets)), ton, npi)


def write_smsc(address: Address | None) -> bytes:
    """Write the address of the service centre; None leaves it to the SIM.

    :raises ValueError: too long, not a number, or an unknown type of number.
    """
    if address is None:
        return b"\0"
    if address.is_name or not address.digits:
        raise ValueError(f"expected the number of a service centre, found {address}")
    octets = bytes((_type_of(address),)) + _write_digits(address.digits)
    return bytes((len(octets),)) + octets


def _read_type(reader: Reader) -> tuple[int, int]:
    """Type of number and numbering plan; the extension bit is not looked at."""
    kind = reader.octet("the type of an address")
    return kind >> 4 & 7, kind & 0x0F


def _type_of(address: Address) -> int:
    if not (0 <= address.ton <= 7 and 0 <= address.npi <= 15):
        raise ValueError(f"expected TON 0 to 7 and NPI 0 to 15, found {address}")
    return _EXTENSION | address.ton << 4 | address.npi


def _read_digits(octets: bytes, count: int) -> str:
    """Read semi-octets, the low one of each octet first.

    Fillers that the length counts as digits are dropped at the end, and what an
    odd number has in the place of its filler does not matter. One between digits
    stays, as ``f``: without it the number could be somebody else's.
    """
    semi_octets = "".join(f"{octet & 0x0F:x}{octet >> 4:x}" for octet in octets)
    return semi_octets[:count].rstrip(_FILLER).translate(_FROM_HEX)


def _write_digits(digits: str) -> bytes:
    if len(digits) > _SEMI_OCTETS or not set(digits) <= set(_DIGITS):
        raise ValueError(
            f"expected up to {_SEMI_OCTETS} of {_DIGITS}, found {digits[:40]!r}"
        )
    padded = digits.translate(_TO_HEX) + _FILLER * (len(digits) % 2)
    return bytes.fromhex(
        "".join(padded[at + 1] + padded[at] for at in range(0, len(padded), 2))
    )
