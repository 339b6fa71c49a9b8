"""Officers' numbers on the real stages: codes, PINs, locks and new SIMs."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar, cast
from unittest import skipIf
from zoneinfo import ZoneInfo

from attrs import evolve
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from twisted.logger import ILogObserver, LogEvent, eventAsText, globalLogPublisher

from smscentre.commands.dispatch import Rules, interpret
from smscentre.commands.forms import FIELDS, KIND_OF
from smscentre.commands.replies import TEXTS
from smscentre.credentials import Invitation, code_hash, new_code, pin_hash
from smscentre.directory import Directory, Officer, Right
from smscentre.inbox.limits import ReplyLimits
from smscentre.interfaces import Command, Request
from smscentre.messages import Alphabet, Part
from smscentre.smpp.text import encode_text
from smscentre.store import audit
from smscentre.store.beside import change_store
from smscentre.store.changes import Signature, import_officers
from smscentre.store.engine import reading_engine
from smscentre.store.numbers import (
    NumbersError,
    invite,
    move_officer,
    remove_pin,
    revoke_invitation,
    set_pin,
)
from tests.postgresql import MISSING, own_database
from tests.stages import OFFICER, StagesTestCase

T = TypeVar("T")

_STRANGER = "+628129999999"
_OTHER = "+628129999998"
_PIN = "739184"
_WRONG = "111111"
_DAY_S = 24 * 3600.0
_BAD = TEXTS["bad_code"]
_RULES = Rules(7, ZoneInfo("Asia/Jakarta"))
_REPORT = "RUTAN 82 54 36 39"
_INSERTED = "Insert Data UPT 1203/LP_CIPINANG2/DKI berhasil, "
_WANTED = "PIN salah atau belum ditulis. Tulis di akhir: RUTAN 82 54 36 39 PIN 123456."


class NumbersTestCase(StagesTestCase):
    """The real commands over one carrier, and an operator beside them."""

    fields = FIELDS
    kinds = KIND_OF

    def interpret(self, request: Request, directory: Directory) -> Command:
        """Understand as the centre does."""
        return interpret(request, directory, _RULES)

    def setUp(self) -> None:
        super().setUp()
        self.connect()

    @property
    def signature(self) -> Signature:
        """The operator, now."""
        return Signature("root", "", self.now())

    def change(self, action: Callable[..., T], *arguments: object) -> T:
        """Change the store beside the stages, as the command line does."""
        return change_store(
            self.url, lambda transaction: action(transaction, *arguments)
        )

    def invite(self, days: float = 7, name: str = "Siti", unit: str = "1203") -> str:
        """Have an invitation; its code."""
        code = new_code()
        now = self.now()
        rights = frozenset(Right)
        invitation = Invitation(0, unit, rights, name, now, now + days * _DAY_S)
        self.change(invite, invitation, code_hash(code), self.signature)
        return code

    def set_pin(self, *rights: Right, pin: str = _PIN) -> None:
        """Keep rights of the officer by a PIN."""
        self.change(set_pin, OFFICER, rights, pin_hash(pin), self.signature)

    def outcomes(self) -> list[str]:
        """What the commands decided, in the order of arrival."""
        query = "SELECT outcome FROM inbox ORDER BY id"
        return [row.outcome for row in self.rows(query)]

    def failures(self) -> list[int]:
        """The failures in a row that stand in the store."""
        return [row.failures for row in self.rows("SELECT failures FROM attempts")]


class RegistrationTests(NumbersTestCase):
    """``DAFTAR`` and a code."""

    limits: ClassVar[ReplyLimits] = ReplyLimits(unknown_replies_per_day=4)

    def test_a_code_registers(self) -> None:
        """The number belongs to the unit at once, with the rights of the invitation."""
        code = self.invite()
        self.assertEqual(
            self.text(f"daftar {code.lower()}", _STRANGER),
            [
                "Nomor Anda terdaftar untuk UPT 1203/LP_CIPINANG2/DKI, hak: mengisi "
                "data dan bertanya. Balas BANTUAN untuk daftar format. Terima Kasih"
            ],
        )
        self.assertTrue(self.text(_REPORT, _STRANGER)[0].startswith(_INSERTED))
        (officer,) = self.rows(
            "SELECT * FROM officers WHERE number = :number", number=_STRANGER
        )
        self.assertEqual((officer.name, officer.unit), ("Siti", "1203"))

    def test_it_is_in_the_audit_log(self) -> None:
        """Who, by which invitation; the chain holds, and the code is nowhere."""
        code = self.invite()
        self.text(f"DAFTAR {code}", _STRANGER)
        rows = self.rows("SELECT actor, action, subject, detail FROM audit ORDER BY id")
        self.assertEqual(
            [row.action for row in rows], ["officers.invite", "officers.register"]
        )
        self.assertEqual(rows[1].actor, _STRANGER)
        self.assertIn("invitation 1: 'Siti' of 1203, rights", rows[1].detail)
        self.assertNotIn(code, " ".join(row.detail for row in rows))
        engine = reading_engine(self.url)
        self.addCleanup(engine.dispose)
        with engine.connect() as connection:
            self.assertIsNone(audit.verify(connection))

    def test_within_one_batch(self) -> None:
        """What the number sends right behind its code is understood by its rights."""
        code = self.invite()
        self.arrive(f"DAFTAR {code}", _STRANGER)
        self.arrive(_REPORT, _STRANGER)
        self.turn()
        self.assertEqual(self.outcomes(), ["registered", "insert"])
        self.assertEqual(self.submissions(), ["82 54 36 39"])

    def test_once(self) -> None:
        """A second number is refused, in the same batch too."""
        code = self.invite()
        self.arrive(f"DAFTAR {code}", _STRANGER)
        self.arrive(f"DAFTAR {code}", _OTHER)
        self.turn()
        self.assertEqual(self.outcomes(), ["registered", "bad_code"])
        self.assertEqual(self.text(f"DAFTAR {code}", "+628129999997"), [_BAD])

    def test_redelivered(self) -> None:
        """A code or a failure that comes again counts once (D4)."""
        code = self.invite()
        for text in (f"DAFTAR {code}", "DAFTAR WRONG"):
            self.arrive(text, _OTHER)
            self.turn()
            self.link.disconnect(self.exchange)
            self.connect()
            self.arrive(text, _OTHER)
            self.turn()
        self.assertEqual(
            self.outcomes(), ["registered", "", "bad_code", ""], self.states()
        )
        self.assertEqual(self.failures(), [1])

    def test_expired(self) -> None:
        """After its days a code registers nobody."""
        code = self.invite(days=1)
        self.clock.advance(_DAY_S)
        self.assertEqual(self.text(f"DAFTAR {code}", _STRANGER), [_BAD])

    def test_revoked(self) -> None:
        """A code that was taken back registers nobody, nor is it taken back again."""
        code = self.invite()
        self.change(revoke_invitation, 1, self.signature)
        self.assertEqual(self.text(f"DAFTAR {code}", _STRANGER), [_BAD])
        with self.assertRaises(NumbersError):
            self.change(revoke_invitation, 1, self.signature)

    def test_locked(self) -> None:
        """Three failures lock for an hour; then the number may try again."""
        self.assertEqual(self.text("DAFTAR A", _STRANGER), [_BAD])
        self.assertEqual(self.text("DAFTAR B", _STRANGER), [_BAD])
        self.assertEqual(
            self.text("DAFTAR C", _STRANGER),
            [
                "Kode pendaftaran salah 3 kali. Nomor ini baru dapat mendaftar "
                "lagi pukul 09.00 WIB. Minta kode baru kepada admin."
            ],
        )
        code = self.invite()
        self.clock.advance(3599)
        self.assertEqual(self.text(f"DAFTAR {code}", _STRANGER), [])
        reasons = [row.reason for row in self.rows("SELECT reason FROM inbox")]
        self.assertEqual(reasons, ["", "", "", "locked"])
        self.clock.advance(1)
        self.assertIn("terdaftar", self.text(f"DAFTAR {code}", _STRANGER)[0])
        self.assertEqual(self.failures(), [])

    def test_a_lock_is_one_number_s(self) -> None:
        """Others register meanwhile."""
        for text in ("DAFTAR A", "DAFTAR B", "DAFTAR C"):
            self.text(text, _STRANGER)
        code = self.invite()
        self.assertIn("terdaftar", self.text(f"DAFTAR {code}", _OTHER)[0])

    def test_answered_after_the_refusal_of_the_day(self) -> None:
        """The one refusal a day is of commands, not of codes."""
        self.assertEqual(self.text("HELP", _STRANGER), [TEXTS["unknown"]])
        self.assertEqual(self.text("HALO", _STRANGER), [])
        self.assertEqual(self.text("DAFTAR X", _STRANGER), [_BAD])

    def test_within_the_limit_of_all_unknown_numbers(self) -> None:
        """Refused codes count with the refusals; a right one is answered past it."""
        code = self.invite()
        for number in range(2):
            self.text("HELP", f"+62812999990{number}")
            self.text("DAFTAR X", f"+62812999990{number}")
        self.assertEqual(self.text("DAFTAR X", _STRANGER), [])
        self.assertEqual(self.text("HELP", _OTHER), [])
        self.assertEqual(self.failures(), [1, 1, 1])
        self.assertIn("terdaftar", self.text(f"DAFTAR {code}", _STRANGER)[0])

    def test_a_registered_number(self) -> None:
        """Keeps what it has, and the code stays good for another."""
        code = self.invite()
        self.assertEqual(self.text(f"DAFTAR {code}"), [TEXTS["has_number"]])
        self.assertIn("terdaftar", self.text(f"DAFTAR {code}", _STRANGER)[0])

    def test_an_inactive_number(self) -> None:
        """Is told so; a code does not bring back what an admin took away."""
        code = self.invite()
        self.change(move_officer, OFFICER, _OTHER, self.signature)
        self.assertEqual(self.text(f"DAFTAR {code}"), [TEXTS["inactive"]])

    def test_the_name_of_the_unit(self) -> None:
        """Stands for one that the invitation does not have."""
        self.text(f"DAFTAR {self.invite(name='')}", _STRANGER)
        query = "SELECT name FROM officers WHERE number = :number"
        (officer,) = self.rows(query, number=_STRANGER)
        self.assertEqual(officer.name, "Lapas Cipinang")

    def test_an_unknown_unit(self) -> None:
        """No invitation is made for it."""
        with self.assertRaises(NumbersError):
            self.invite(unit="9999")


class ScopeTests(NumbersTestCase):
    """Where a number belongs, and what it may do there."""

    def add(self, *provinces: str, unit: str | None = None) -> None:
        """Have another officer, of a unit, a region or the country."""
        officer = Officer(_OTHER, "Siti", unit, provinces, frozenset(Right))
        import_officers(self.url, [officer], self.signature)

    def test_several_officers_of_a_unit(self) -> None:
        """Each may correct what another one sent."""
        self.add(unit="1203")
        self.assertIn("Insert Data", self.text(_REPORT)[0])
        self.assertIn("Update Data", self.text("RUTAN 1 2 3 4", _OTHER)[0])
        self.assertIn("Update Data", self.text("RUTAN 5 6 7 8")[0])
        self.assertEqual(self.submissions(), ["82 54 36 39", "1 2 3 4", "5 6 7 8"])

    def test_a_region(self) -> None:
        """Asks for any place, names its own where it has several, reports for none."""
        self.text(_REPORT)
        self.add("DKI", "JABAR")
        self.assertEqual(self.text("RUTAN GETPROV", _OTHER)[0][:14], "Provinsi mana?")
        self.assertIn("P=82", self.text("RUTAN GETPROV DKI", _OTHER)[0])
        self.assertEqual(self.text(_REPORT, _OTHER), [TEXTS["no_unit"]])

    def test_the_country(self) -> None:
        """Asks for all, reports for none."""
        self.text(_REPORT)
        self.add()
        self.assertIn("P=82", self.text("RUTAN GETALL", _OTHER)[0])
        self.assertEqual(self.text(_REPORT, _OTHER), [TEXTS["no_unit"]])


class PinTests(NumbersTestCase):
    """Rights that a PIN keeps."""

    def test_right(self) -> None:
        """The report is stored as if it had been sent without."""
        self.set_pin(Right.INSERT)
        (reply,) = self.text(f"{_REPORT} PIN {_PIN}")
        self.assertTrue(reply.startswith(_INSERTED))
        (row,) = self.rows("SELECT text FROM submissions")
        self.assertEqual(row.text, _REPORT)
        (row,) = self.rows("SELECT text FROM inbox")
        self.assertEqual(row.text, f"{_REPORT} PIN ******")

    def test_missing(self) -> None:
        """It is asked for with the sender's own text; forgetting it locks nobody."""
        self.set_pin(Right.INSERT)
        for _ in range(2):
            (reply,) = self.text(_REPORT)
            self.assertTrue(reply.startswith(_WANTED), reply)
        self.assertEqual(self.failures(), [])
        self.assertEqual(self.submissions(), [])

    def test_the_other_right_is_free(self) -> None:
        """A PIN keeps the right that it was set for."""
        self.set_pin(Right.INSERT)
        self.text("RUTAN GETUPT")
        self.assertEqual(self.outcomes(), ["query"])

    def test_help_is_free(self) -> None:
        """What does nothing wants no PIN, and tries none."""
        self.set_pin(Right.INSERT, Right.QUERY)
        self.text(f"HELP PIN {_WRONG}")
        self.text(f"RUTAN 82 54 PIN {_WRONG}")
        self.assertEqual(self.outcomes(), ["help", "count"])
        self.assertEqual(self.failures(), [])

    def test_three_wrong_ones_lock(self) -> None:
        """Then the right one does not help for an hour, and then it does."""
        self.set_pin(Right.INSERT)
        for _ in range(2):
            self.assertIn(_WANTED, self.text(f"{_REPORT} PIN {_WRONG}")[0])
        locked = (
            "PIN salah 3 kali. Hak mengisi data dari nomor ini diblokir sampai "
            "09.00 WIB. SMS tidak diproses. Lupa PIN? Hubungi admin Kanwil."
        )
        self.assertEqual(self.text(f"{_REPORT} PIN {_WRONG}"), [locked])
        self.clock.advance(3599)
        self.assertEqual(self.text(f"{_REPORT} PIN {_PIN}"), [locked])
        self.assertEqual(self.submissions(), [])
        self.text("RUTAN GETUPT")
        self.clock.advance(1)
        self.text(f"{_REPORT} PIN {_PIN}")
        self.assertEqual(self.submissions(), ["82 54 36 39"])

    def test_in_one_batch(self) -> None:
        """The fourth of a batch is refused although it is right."""
        self.set_pin(Right.INSERT)
        for pin in ("1", "2", "3", _PIN):
            self.arrive(f"{_REPORT} PIN {pin}")
        self.turn()
        self.assertEqual(self.outcomes(), ["pin", "pin", "pin_locked", "pin_locked"])
        self.assertEqual(self.submissions(), [])

    def test_a_success_resets(self) -> None:
        """Two failures, a success, two failures: no lock."""
        self.set_pin(Right.INSERT)
        pins = (_WRONG, _WRONG, _PIN, _WRONG, _WRONG)
        for figure, pin in enumerate(pins):
            self.text(f"RUTAN {figure} 54 36 39 PIN {pin}")
        self.assertEqual(self.outcomes(), ["pin", "pin", "insert", "pin", "pin"])
        self.assertEqual(self.failures(), [2])

    def test_old_failures_are_forgotten(self) -> None:
        """An hour after the last one they count no more."""
        self.set_pin(Right.INSERT)
        for _ in range(3):
            self.text(f"{_REPORT} PIN {_WRONG}")
            self.text("BANTUAN")
            self.clock.advance(3600)
        self.assertEqual(self.outcomes()[::2], ["pin"] * 3)

    def test_a_new_pin_ends_a_lock(self) -> None:
        """So does its removal."""
        self.set_pin(Right.INSERT)
        for pin in ("1", "2", "3"):
            self.text(f"{_REPORT} PIN {pin}")
        self.set_pin(Right.INSERT, pin="222222")
        self.assertIn(_WANTED, self.text(f"{_REPORT} PIN {_PIN}")[0])
        self.change(remove_pin, OFFICER, list(Right), self.signature)
        self.text(_REPORT)
        self.assertEqual(self.outcomes()[-1], "insert")
        with self.assertRaises(NumbersError):
            self.change(remove_pin, OFFICER, list(Right), self.signature)

    def test_without_a_pin_of_ones_own(self) -> None:
        """Who has none may write one; it is cut all the same."""
        self.text(f"{_REPORT} PIN {_PIN}")
        self.assertEqual(self.submissions(), ["82 54 36 39"])
        (row,) = self.rows("SELECT text, raw FROM inbox")
        self.assertNotIn(_PIN, row.text)
        self.assertNotIn(_PIN.encode(), bytes(row.raw))

    def test_redelivered(self) -> None:
        """A wrong or right one that comes again has no effect (D4)."""
        self.set_pin(Right.INSERT)
        for pin in (_WRONG, _PIN):
            self.arrive(f"{_REPORT} PIN {pin}")
            self.turn()
            self.link.disconnect(self.exchange)
            self.start_stages()
            self.connect()
            self.arrive(f"{_REPORT} PIN {pin}")
            self.turn()
        self.assertEqual(self.states(), ["done", "redelivered"] * 2)
        self.assertEqual(self.submissions(), ["82 54 36 39"])

    def test_corrected_across_binds(self) -> None:
        """The right one after a wrong one is new, though all else is equal."""
        self.set_pin(Right.INSERT)
        self.arrive(f"{_REPORT} PIN {_WRONG}")
        self.turn()
        self.link.disconnect(self.exchange)
        self.connect()
        self.arrive(f"{_REPORT} PIN {_PIN}")
        self.turn()
        self.assertEqual(self.outcomes(), ["pin", "insert"])

    def test_the_fingerprint_does_not_tell(self) -> None:
        """Two wrong ones are kept by one key: nothing can be tried against it."""
        self.set_pin(Right.INSERT)
        self.text(f"{_REPORT} PIN 123123")
        self.text(f"{_REPORT} PIN 321321")
        keys = {bytes(row[0]) for row in self.rows("SELECT fingerprint FROM inbox")}
        self.assertEqual(len(keys), 1)


class LongPinTests(NumbersTestCase):
    """A PIN at the end of a long message, wherever it was cut."""

    def setUp(self) -> None:
        super().setUp()
        self.set_pin(Right.INSERT)

    def bring(self, texts: tuple[str, str], reference: int = 7) -> None:
        """Deliver the two parts of a text."""
        for number, text in enumerate(texts, 1):
            place = Part(reference, 8, 2, number)
            source = OFFICER.removeprefix("+")
            incoming = self.link.incoming(source, text, self.now(), place)
            self.hand_over(self.link, incoming)
            self.turn()

    def test_every_cut(self) -> None:
        """The report is stored, and the PIN is not in what is kept of the parts."""
        text = f"RUTAN PEG 82 54 36 39 PIN {_PIN}"
        for at in range(1, len(text)):
            self.bring((text[:at], text[at:]), reference=at)
        self.assertEqual(
            set(self.outcomes()), {"", "insert", "repeat"}, self.outcomes()
        )
        for table in ("inbox", "long_messages"):
            kept = [row.text for row in self.rows(f"SELECT text FROM {table}")]
            for first, last in zip(kept[::2], kept[1::2], strict=True):
                digits = "".join(filter(str.isdigit, first + last))
                self.assertIn(digits, ("82543639", "825436", "8254363"), first + last)

    def test_a_restart_between_the_parts(self) -> None:
        """Forgets the PIN: it is asked for, and no failure counts."""
        self.bring((_REPORT + f" PIN {_PIN}", " terima kasih"))
        first, last = f"{_REPORT} PIN {_PIN}", " "
        place = Part(9, 8, 2, 1)
        source = OFFICER.removeprefix("+")
        self.hand_over(self.link, self.link.incoming(source, first, self.now(), place))
        self.turn()
        self.link.disconnect(self.exchange)
        self.start_stages()
        self.connect()
        place = Part(9, 8, 2, 2)
        self.hand_over(self.link, self.link.incoming(source, last, self.now(), place))
        self.turn()
        self.assertEqual(self.outcomes()[-1], "pin")
        self.assertEqual(self.failures(), [])


_BETWEEN = st.sampled_from(
    [" PIN ", "\nPIN ", " pin:", " Pin=", " PIN  ", "PIN", " PIN-"]
)
_AFTER = st.sampled_from(["", " ", ".", "\n", " terima kasih", " trims pak", "\nHELP"])


class NowhereTests(NumbersTestCase):
    """After any text with a PIN the store does not have its digits."""

    def setUp(self) -> None:
        super().setUp()
        self.set_pin(Right.INSERT)
        self.logged: list[LogEvent] = []
        observer = cast(ILogObserver, self.logged.append)
        globalLogPublisher.addObserver(observer)
        self.addCleanup(globalLogPublisher.removeObserver, observer)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.differing_executors])
    @given(
        st.integers(0, 999_999).map("{:06}".format),
        st.sampled_from([_REPORT, "HELP", "RUTAN GETUPT", "RUTAN 1", "", "halo @{}"]),
        _BETWEEN,
        _AFTER,
        st.sampled_from([OFFICER, _STRANGER, "4321"]),
        st.sampled_from([None, *Alphabet]),
    )
    def test_nowhere(
        self,
        pin: str,
        command: str,
        between: str,
        after: str,
        source: str,
        alphabet: Alphabet | None,
    ) -> None:
        """Neither in the file nor beside it nor in the log, in any coding."""
        # Others stand in telephone numbers and times.
        assume(len(set(pin)) > 3 and pin not in OFFICER + _STRANGER)
        text = f"{command}{between}{pin}{after}"
        incoming = self.incoming(text, source)
        if alphabet is not None:
            coding, body = encode_text(text, alphabet)
            incoming = evolve(incoming, coding=coding, body=body, raw=b"PDU" + body)
        before = self.traces(pin)
        self.hand_over(self.link, incoming)
        self.turn()
        self.assertEqual(self.traces(pin), before, text)

    def traces(self, pin: str) -> list[int]:
        """How often it is in the database as it lies on the disk, and in the log."""
        files = sorted(self.folder.glob("smscentre.db*"))
        stored = b"".join(file.read_bytes() for file in files if file.is_file())
        codings = (pin.encode(), pin.encode("utf-16-be"), pin.encode().hex().encode())
        logged = "".join(map(eventAsText, self.logged))
        return [*map(stored.count, codings), logged.count(pin)]

    def test_the_search_finds(self) -> None:
        """A text of six digits that are no PIN is found, so the rest is no accident."""
        before = self.traces("739184")
        self.text("RUTAN 739184")
        self.assertNotEqual(self.traces("739184"), before)


class MoveTests(NumbersTestCase):
    """An officer has a new SIM."""

    def test_at_once(self) -> None:
        """The new number may what the old one might, and that one nothing more."""
        self.text(_REPORT)
        moved = self.change(move_officer, OFFICER, _OTHER, self.signature, "SIM hilang")
        self.assertEqual((moved.name, moved.unit), ("Budi", "1203"))
        self.assertIn("Update Data", self.text("RUTAN 1 2 3 4", _OTHER)[0])
        self.assertEqual(self.text(_REPORT), [TEXTS["inactive"]])
        numbers = [row.number for row in self.rows("SELECT number FROM submissions")]
        self.assertEqual(sorted(numbers), [OFFICER, _OTHER])

    def test_audited(self) -> None:
        """With both numbers and the reason."""
        self.change(move_officer, OFFICER, _OTHER, self.signature, "SIM hilang")
        (row,) = self.rows("SELECT actor, action, subject, detail FROM audit")
        self.assertEqual(
            tuple(row),
            (
                "root",
                "officers.move",
                OFFICER,
                f"to {_OTHER}: 'Budi' of 1203, rights insert|query; SIM hilang",
            ),
        )

    def test_the_pin_moves(self) -> None:
        """It is the officer's, not the SIM's."""
        self.set_pin(Right.INSERT)
        self.change(move_officer, OFFICER, _OTHER, self.signature)
        self.assertIn(_WANTED, self.text(_REPORT, _OTHER)[0])
        self.text(f"{_REPORT} PIN {_PIN}", _OTHER)
        self.assertEqual(self.submissions(), ["82 54 36 39"])

    def test_back(self) -> None:
        """To a number that is inactive, as when the old SIM is found again."""
        self.change(move_officer, OFFICER, _OTHER, self.signature)
        self.change(move_officer, _OTHER, OFFICER, self.signature)
        self.assertTrue(self.text(_REPORT)[0].startswith(_INSERTED))

    def test_refused(self) -> None:
        """Each for its reason; nothing is changed and nothing audited."""
        for old, new, words in (
            (_STRANGER, _OTHER, "is not registered"),
            (OFFICER, OFFICER, "is registered and active, as Budi"),
        ):
            with self.assertRaises(NumbersError) as caught:
                self.change(move_officer, old, new, self.signature)
            self.assertIn(words, str(caught.exception))
        self.assertEqual(self.rows("SELECT * FROM audit"), [])
        self.change(move_officer, OFFICER, _OTHER, self.signature)
        with self.assertRaises(NumbersError) as caught:
            self.change(move_officer, OFFICER, _STRANGER, self.signature)
        self.assertIn("is not active", str(caught.exception))


@skipIf(bool(MISSING), MISSING)
class PostgresqlRegistrationTests(RegistrationTests):
    """The same on PostgreSQL."""

    def new_database(self) -> str:
        return own_database(self)


@skipIf(bool(MISSING), MISSING)
class PostgresqlPinTests(PinTests):
    """The same on PostgreSQL."""

    def new_database(self) -> str:
        return own_database(self)


@skipIf(bool(MISSING), MISSING)
class PostgresqlMoveTests(MoveTests):
    """The same on PostgreSQL."""

    def new_database(self) -> str:
        return own_database(self)
