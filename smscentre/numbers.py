"""Telephone numbers: what the network or a person wrote, as E.164.

Between the links and the directory: the form in which numbers are compared
and stored is made here and nowhere else. It refuses to know who owns one.
"""

from __future__ import annotations

__all__ = [
    "NumberError",
    "NumberFault",
    "Sought",
    "masked",
    "parse_number",
    "sought",
    "subscriber",
]

import re
from enum import Enum
from functools import lru_cache

import phonenumbers
from attrs import frozen

from smscentre.errors import SMSCentreError
from smscentre.messages import Address

_INTERNATIONAL = 1
"""The type of number whose digits are a full one (SMPP 3.4 §5.2.5)."""

_PUNCTUATION = re.compile(r"[\s.()/\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060-]+")
"""What people, spreadsheets and chat programs put between digits."""

_DIGITS = re.compile(r"\+?[0-9]+")
_SHORTEST = 7
_CACHED = 16_384


class NumberFault(Enum):
    """Why a text is not the number of a subscriber."""

    DIGITS = "expected a number of digits only"
    SHORT = f"expected at least {_SHORTEST} digits"
    LENGTH = "expected a number of a possible length"
    COUNTRY = "expected a known country code"


class NumberError(SMSCentreError, ValueError):
    """A text is not the number of a subscriber."""

    def __init__(self, text: str, fault: NumberFault) -> None:
        self.text = text
        self.fault = fault
        super().__init__(f"not a telephone number: {self.rule}, found {text!r}")

    @property
    def rule(self) -> str:
        """What was expected."""
        return self.fault.value


@frozen
class Sought:
    """A number as somebody remembers it, whole or in part, or a sender's name.

    ``exact`` is the number that it is if it is a whole one; ``part`` is in each
    number that may be meant, and ``begins`` says that it is where those begin.
    """

    exact: str | None
    part: str
    begins: bool = False


def subscriber(address: Address, country: str) -> str | None:
    """The E.164 number behind an address, None where nobody can be answered.

    None stands for names, short codes, an empty address and what no numbering
    plan has. ``country`` (ISO 3166, ``ID``) reads national numbers.

    Source: SMPP 3.4 §5.2.5 (addr_ton).
    """
    if address.is_name:
        return None
    return _subscriber(address.digits, address.ton == _INTERNATIONAL, country)


def parse_number(text: str, country: str) -> str:
    """Read a number as a person writes it: ``+62812..``, ``0812..``, ``812..``.

    :raises NumberError: when it is no number of a subscriber.
    """
    return _e164(_PUNCTUATION.sub("", text), country)


def sought(text: str, country: str) -> Sought:
    """Read what somebody looks for: ``0812..``, ``+62812..``, some of the digits."""
    digits = _PUNCTUATION.sub("", text)
    if not _DIGITS.fullmatch(digits):
        return Sought(None, text.strip())
    try:
        exact = _e164(digits, country)
    except NumberError:
        exact = None
    if digits.startswith("00"):
        return Sought(exact, f"+{digits[2:]}", True)
    if digits.startswith("0"):
        code = phonenumbers.country_code_for_region(country)
        return Sought(exact, f"+{code}{digits[1:]}", True)
    return Sought(exact, digits, digits.startswith("+"))


def masked(number: str) -> str:
    """A number with its middle hidden, for logs."""
    if len(number) < 10:
        return number[:2] + "****"
    return number[:6] + "****" + number[-3:]


@lru_cache(_CACHED)
def _subscriber(text: str, international: bool, country: str) -> str | None:
    digits = _PUNCTUATION.sub("", text)
    # Some carriers say "international" of a national number with its zero.
    if international and not digits.startswith(("+", "0")):
        digits = "+" + digits
    try:
        return _e164(digits, country)
    except NumberError:
        return None


def _e164(digits: str, country: str) -> str:
    if not _DIGITS.fullmatch(digits):
        raise NumberError(digits, NumberFault.DIGITS)
    # The library takes short codes for numbers: 4321 would become +624321.
    if len(digits.lstrip("+")) < _SHORTEST:
        raise NumberError(digits, NumberFault.SHORT)
    # Nor does it know 00 as the prefix of an international number everywhere.
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif _is_full(digits, country):
        digits = "+" + digits
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.TOO_LONG:
            raise NumberError(digits, NumberFault.LENGTH) from error
        raise NumberError(digits, NumberFault.COUNTRY) from error
    # "Possible" goes by length; "valid" would lag behind new prefixes.
    if not phonenumbers.is_possible_number(number):
        raise NumberError(digits, NumberFault.LENGTH)
    e164: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164


def _is_full(digits: str, country: str) -> bool:
    """Whether digits are a whole number of the country, with its code and no plus.

    The library takes short ones for national: 62811123456 would become +6262811123456.
    """
    if not digits.startswith(str(phonenumbers.country_code_for_region(country))):
        return False
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_valid_number(number))
