"""Tests for `smscentre.numbers`."""

from __future__ import annotations

import phonenumbers
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.errors import SMSCentreError
from smscentre.messages import Address
from smscentre.numbers import (
    NumberError,
    Sought,
    masked,
    parse_number,
    sought,
    subscriber,
)

OFFICER = "+6281234567890"


@frozen
class Case:
    """An address as it comes, and the number behind it."""

    digits: str
    ton: int
    number: str | None
    meaning: str


CASES = (
    Case("+6281234567890", 1, OFFICER, "as E.164 writes it"),
    Case("6281234567890", 1, OFFICER, "international without its plus"),
    Case("6281234567890", 0, OFFICER, "and of an unknown type"),
    Case("081234567890", 2, OFFICER, "national with its zero"),
    Case("081234567890", 0, OFFICER, "and of an unknown type"),
    Case("081234567890", 1, OFFICER, "a national one said to be international"),
    Case("81234567890", 0, OFFICER, "without its zero"),
    Case("62811123456", 0, "+62811123456", "a short one without its plus"),
    Case("62811123456", 2, "+62811123456", "of a wrong type"),
    Case("811123456", 0, "+62811123456", "without its zero"),
    Case("0628123456", 0, "+62628123456", "a fixed line whose area begins as 62 does"),
    Case("006281234567890", 0, OFFICER, "with the international prefix"),
    Case("006281234567890", 1, OFFICER, "with both"),
    Case("0812-3456.7890", 0, OFFICER, "with punctuation"),
    Case("0215551234", 2, "+62215551234", "a fixed line"),
    Case("14155550100", 1, "+14155550100", "of another country"),
    Case("14155550100", 0, "+6214155550100", "which only its type tells"),
    Case("4321", 0, None, "a short code, not +624321"),
    Case("4321", 1, None, "of any type"),
    Case("13999", 0, None, "a short code that the library calls possible"),
    Case("123456", 0, None, "six digits"),
    Case("+99912345678", 1, None, "a country that does not exist"),
    Case("0812345678901234567", 0, None, "too long"),
    Case("BANK", 5, None, "a name"),
    Case("6281234567890", 5, None, "a name of digits"),
    Case("BANK", 0, None, "a name of an unknown type"),
    Case("0812TOKO7890", 0, None, "letters are no keys of a telephone"),
    Case("\u0660\u0661\u0662\u0663\u0664\u0665\u0666", 0, None, "other digits"),
    Case("+", 1, None, "nothing but a plus"),
    Case("", 0, None, "nothing"),
)


class SubscriberTests(SynchronousTestCase):
    """Addresses from the network."""

    def test_table(self) -> None:
        """Numbers come out in E.164, all else as None."""
        for case in CASES:
            address = Address(case.digits, case.ton, 1)
            self.assertEqual(subscriber(address, "ID"), case.number, case.meaning)

    def test_country(self) -> None:
        """National numbers are those of the country asked for."""
        self.assertEqual(subscriber(Address("0123456789"), "MY"), "+60123456789")

    @given(st.text(alphabet="+0123456789 -", max_size=20), st.integers(0, 6))
    def test_idempotent(self, digits: str, ton: int) -> None:
        """A number that came out stays as it is."""
        number = subscriber(Address(digits, ton), "ID")
        if number is not None:
            self.assertEqual(subscriber(Address(number, 1, 1), "ID"), number)
            self.assertEqual(parse_number(number, "ID"), number)

    @given(st.from_regex(r"8[1-9][1-9][0-9]{6,9}", fullmatch=True))
    def test_mobile_numbers(self, national: str) -> None:
        """With its country's code or with a zero each is itself, however short."""
        number = f"+62{national}"
        if phonenumbers.is_valid_number(phonenumbers.parse(number)):
            for digits in (f"62{national}", f"0062{national}", f"0{national}"):
                self.assertEqual(subscriber(Address(digits), "ID"), number)

    @given(st.text(max_size=20), st.integers(0, 6))
    def test_total(self, digits: str, ton: int) -> None:
        """Any address gives a number or None."""
        number = subscriber(Address(digits, ton), "ID")
        self.assertTrue(number is None or number.startswith("+"))


class ParseNumberTests(SynchronousTestCase):
    """Numbers that people write."""

    def test_forms(self) -> None:
        """The usual ways to write a number are one number."""
        for text in (
            "+6281234567890",
            "6281234567890",
            "081234567890",
            "81234567890",
            "+62 812-3456-7890",
            " (0812) 3456.7890 ",
            "\u202a+62\u00a0812\u20113456\u20117890\u202c",
        ):
            self.assertEqual(parse_number(text, "ID"), OFFICER, text)

    def test_refused(self) -> None:
        """What is no number is an error that says the rule."""
        for text, rule in (
            ("", "expected a number of digits only"),
            ("6,28E+12", "expected a number of digits only"),
            ("4321", "expected at least 7 digits"),
            ("+99912345678", "expected a known country code"),
            ("0812345678901234567", "expected a number of a possible length"),
        ):
            error = self.assertRaises(NumberError, parse_number, text, "ID")
            self.assertEqual((error.text, error.rule), (text, rule))
            self.assertIsInstance(error, ValueError)
            self.assertIsInstance(error, SMSCentreError)


class MaskedTests(SynchronousTestCase):
    """Numbers in logs."""

    def test_masked(self) -> None:
        """The middle is hidden, whatever its length, and short ones more."""
        for number, shown in (
            ("+628111203001", "+62811****001"),
            ("+6281112030012", "+62811****012"),
            ("4321", "43****"),
            ("", "****"),
        ):
            self.assertEqual(masked(number), shown)


class SoughtTests(SynchronousTestCase):
    """What somebody types who looks for a number."""

    def test_every_form(self) -> None:
        """Whole numbers, beginnings, some digits, and what is no number."""
        whole = "+628111203001"
        for typed, expected in (
            ("0811-1203 001", Sought(whole, whole, begins=True)),
            ("+62 811 1203 001", Sought(whole, whole, begins=True)),
            ("00628111203001", Sought(whole, whole, begins=True)),
            ("628111203001", Sought(whole, "628111203001")),
            ("0811", Sought(None, "+62811", begins=True)),
            ("+62811", Sought(None, "+62811", begins=True)),
            ("203001", Sought(None, "203001")),
            (" TELKOM sel ", Sought(None, "TELKOM sel")),
        ):
            self.assertEqual(sought(typed, "ID"), expected, typed)
