"""Corrections, undos and confirmations through the real stages and a real store."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import ClassVar
from unittest import skipIf
from zoneinfo import ZoneInfo

from attrs import define, evolve, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from smscentre.commands.confirm import Confirmation
from smscentre.commands.dispatch import Rules, interpret
from smscentre.commands.forms import FIELDS, KIND_OF
from smscentre.commands.insert import Insert
from smscentre.commands.replies import TEXTS
from smscentre.commands.undo import Undo
from smscentre.directory import Directory, Officer, Right
from smscentre.interfaces import Command, Ledger, Outcome, Request, SubmissionKey
from smscentre.sim.memory import MemoryLink
from smscentre.store.engine import reading_engine, writing_engine
from smscentre.store.figures import Place, figures_of_units
from smscentre.store.people import put_officers, put_units
from smscentre.store.tables import metadata
from smscentre.store.writer import Writer
from smscentre.web.reports import REPORTS
from tests.postgresql import MISSING, own_database
from tests.stages import OFFICER, UNIT, StagesTestCase
from tests.storecase import at_once

_COLLEAGUE = "+628111203002"
_DAY = datetime.date(2008, 4, 27)
_MINUTE_S = 60
_UNIT = "1203/LP_CIPINANG2/DKI"
_NONE = "-"


class CorrectionCase(StagesTestCase):
    """The real commands, two officers of one unit."""

    fields = FIELDS
    kinds = KIND_OF
    reads_before = True
    plausibility: ClassVar[str] = "flag"

    def setUp(self) -> None:
        super().setUp()
        colleague = Officer(_COLLEAGUE, "Sari", "1203", (), frozenset(Right))
        self.writer.perform(lambda transaction: put_officers(transaction, [colleague]))
        self.connect()

    def interpret(self, request: Request, directory: Directory) -> Command:
        """Understand a text as the centre does."""
        rules = Rules(366, ZoneInfo("Asia/Jakarta"), self.plausibility)
        return interpret(request, directory, rules)

    def after(self, minutes: float) -> None:
        """Let time pass."""
        self.clock.advance(minutes * _MINUTE_S)

    def one(self, text: str, source: str = OFFICER) -> str:
        """The one reply to a text."""
        (reply,) = self.text(text, source)
        return reply

    def held(self, form: str = "RUTAN", day: datetime.date = _DAY) -> str:
        """The figures that hold for a day, or a dash."""
        rows = self.rows(
            "SELECT field, value FROM reports"
            " WHERE unit = '1203' AND form = :form AND day = :day",
            form=form,
            day=day.isoformat() if self.url.startswith("sqlite") else day,
        )
        values = {row.field: row.value for row in rows}
        figures = " ".join(str(values[name]) for name in FIELDS[form] if name in values)
        return figures or _NONE

    def history(self) -> list[tuple[str | None, str]]:
        """Old and new values of every step, in order."""
        query = "SELECT old_values, new_values FROM submissions ORDER BY id"
        return [(row.old_values, row.new_values or _NONE) for row in self.rows(query)]

    def flags(self, day: datetime.date = _DAY) -> dict[str, tuple[str, ...]]:
        """The marks of what holds, by form."""
        engine = reading_engine(self.url)
        try:
            with engine.connect() as connection:
                return {
                    report.form.id: held.flags
                    for report in REPORTS
                    for held in figures_of_units(connection, report.form, Place(), day)
                    if held.flags
                }
        finally:
            engine.dispose()


class UndoTests(CorrectionCase):
    """BATAL takes back the sender's last action."""

    def test_the_version_before_holds_again(self) -> None:
        """The reply names what was taken back and what holds."""
        self.one("RUTAN 82 54 36 39")
        self.after(20)
        self.one("RUTAN 83 54 36 39")
        reply = self.one("BATAL")
        self.assertEqual(self.held(), "82 54 36 39")
        self.assertEqual(
            reply,
            "Dibatalkan: RUTAN 270408 83 54 36 39 (kini 82 54 36 39). "
            "Nilai sebelumnya berlaku lagi. Terima Kasih",
        )
        self.assertEqual(self.history()[-1], ("83 54 36 39", "82 54 36 39"))

    def test_the_first_report(self) -> None:
        """Nothing holds after it, and the next report is a first one."""
        self.one("RUTAN 82 54 36 39")
        self.assertIn("Belum ada laporan lain", self.one("BATAL"))
        self.assertEqual(self.held(), _NONE)
        self.assertTrue(self.one("RUTAN 82 54 36 39").startswith("Insert Data"))
        self.assertEqual(self.held(), "82 54 36 39")

    def test_again(self) -> None:
        """A second BATAL gets the same reply and takes nothing more back."""
        self.one("RUTAN 82 54 36 39")
        self.one("RUTAN 83 54 36 39")
        first = self.one("BATAL")
        steps = self.history()
        self.after(1)
        self.assertEqual(self.one("BATAL"), first)
        self.assertEqual(self.held(), "82 54 36 39")
        self.assertEqual(self.history(), steps)

    def test_redelivered(self) -> None:
        """What the carrier brings twice undoes once."""
        self.one("RUTAN 82 54 36 39")
        self.one("RUTAN 83 54 36 39")
        self.hand_over(self.link, self.incoming("BATAL"))
        self.turn()
        self.link.disconnect(self.exchange)
        self.turn()
        self.start_stages()
        self.connect()
        self.hand_over(self.link, self.incoming("BATAL"))
        self.turn()
        self.assertEqual(self.states()[-1], "redelivered")
        self.assertEqual(self.held(), "82 54 36 39")
        self.assertEqual(len(self.history()), 3)

    def test_a_quarter_of_an_hour(self) -> None:
        """Up to then it can be taken back, from then on not."""
        for minutes, held in ((14.9, _NONE), (15, "82 54 36 39")):
            self.one("RUTAN 82 54 36 39")
            self.after(minutes)
            self.one("BATAL")
            self.assertEqual(self.held(), held)

    def test_queries_are_no_actions(self) -> None:
        """What was asked in between does not count."""
        self.one("RUTAN 82 54 36 39")
        self.one("RUTAN GETUPT")
        self.one("RUTAN 82 54 36")
        self.one("BATAL")
        self.assertEqual(self.held(), _NONE)

    def test_a_later_report_of_another_stays(self) -> None:
        """It says so; and when that one is taken back, mine does not come again."""
        self.one("RUTAN 82 54 36 39")
        self.one("RUTAN 90 54 36 39", _COLLEAGUE)
        self.assertIn("tetap berlaku", self.one("BATAL"))
        self.assertEqual(self.held(), "90 54 36 39")
        self.assertEqual(self.history()[-1], ("90 54 36 39", "90 54 36 39"))
        self.assertIn("tetap berlaku", self.one("BATAL"))
        self.assertIn("Belum ada laporan lain", self.one("BATAL", _COLLEAGUE))
        self.assertEqual(self.held(), _NONE)
        self.assertEqual(len(self.history()), 4)

    def test_only_ones_own(self) -> None:
        """Another officer's report cannot be taken back."""
        self.one("RUTAN 82 54 36 39")
        self.assertEqual(self.one("BATAL", _COLLEAGUE), TEXTS["nothing_to_undo"])
        self.assertEqual(self.held(), "82 54 36 39")

    def test_with_other_words(self) -> None:
        """BATAL of something in particular is asked about."""
        self.one("RUTAN 82 54 36 39")
        for text in ("BATAL RUTAN", "BATAL 82", "BATAL kemarin", "BATAL tidak jadi"):
            self.assertEqual(self.one(text), TEXTS["undo_alone"])
        self.assertEqual(self.held(), "82 54 36 39")

    def test_with_talk(self) -> None:
        """Who sends it and that it was wrong may stand behind it."""
        for text in ("batal dulu pak", "BATAL data yg tadi salah", "Batal, Budi"):
            self.one("RUTAN 82 54 36 39")
            self.assertIn("Dibatalkan: RUTAN", self.one(text))

    def test_the_same_text_after_it(self) -> None:
        """A text sent again after BATAL, or after a correction, is a new report."""
        self.one("RUTAN 82 54 36 39")
        self.one("RUTAN 83 54 36 39")
        self.one("RUTAN 82 54 36 39")
        self.assertEqual(self.held(), "82 54 36 39")
        self.one("BATAL")
        self.assertEqual(self.held(), "83 54 36 39")
        reply = self.one("RUTAN 83 54 36 39")
        self.assertTrue(reply.startswith("Update Data"), reply)
        self.assertEqual(len(self.history()), 5)

    def test_the_same_figures_later(self) -> None:
        """Morning and afternoon are two submissions, and the second can be undone."""
        self.one("RUTAN 82 54 36 39")
        self.after(10)
        self.assertTrue(self.one("RUTAN 82 54 36 39").startswith("Update Data"))
        self.one("BATAL")
        self.assertEqual(self.held(), "82 54 36 39")
        self.assertEqual(len(self.history()), 3)

    def test_several_in_one_batch(self) -> None:
        """Texts that are committed together are seen by each other."""
        for text in ("RUTAN 1 1 1 1", "RUTAN 2 1 1 1", "BATAL", "rutan 2 1 1 1"):
            self.arrive(text)
        self.turn()
        self.assertEqual(self.held(), "2 1 1 1")
        self.assertEqual([new[0] for _, new in self.history()], ["1", "2", "1", "2"])


@frozen
class _Interrupted:
    """A command beside which something happens before its effects are stored."""

    command: Command
    meanwhile: Callable[[], None]

    @property
    def needs(self) -> Collection[Right]:
        """What the command needs."""
        return self.command.needs

    def expects(self) -> Sequence[SubmissionKey]:
        """What the command expects."""
        return self.command.expects()

    def run(self, ledger: Ledger) -> Outcome:
        """Decide, by what may not be true any more when this returns."""
        outcome = self.command.run(ledger)
        self.meanwhile()
        return outcome


class TwoNodesCase(CorrectionCase):
    """Something comes by another node between a decision and its effects."""

    def setUp(self) -> None:
        self.meanwhile: Callable[[], None] | None = None
        super().setUp()
        # Whoever takes row numbers keeps the other node waiting until its commit.
        self.one("PROV")

    def interpret(self, request: Request, directory: Directory) -> Command:
        """Understand a text; what changes figures is interrupted, once."""
        command = super().interpret(request, directory)
        changing = isinstance(command, Insert | Confirmation | Undo)
        if self.meanwhile is None or not changing:
            return command
        meanwhile, self.meanwhile = self.meanwhile, None
        return _Interrupted(command, meanwhile)

    @contextmanager
    def other_node(self) -> Iterator[None]:
        """Have texts come by another process with the same database."""
        mine = {**vars(self)}
        engine = writing_engine(self.url, explicit=True)
        self.writer = Writer(engine, at_once, self.clock, self.batches)
        self.link, self.other = MemoryLink("spare"), MemoryLink("carrier")
        self.start_stages()
        self.connect()
        try:
            yield
        finally:
            self.writer.close()
            vars(self).update(mine)

    def colleague_reports(self) -> None:
        """Let a colleague report by the other node; it is committed."""
        self.elsewhere("RUTAN 90 54 36 39", _COLLEAGUE)
        self.assertIn("P=90,", self.reply)

    def elsewhere(self, text: str, source: str = OFFICER) -> None:
        """Have a text come by the other node, and keep its reply."""
        with self.other_node():
            self.reply = self.one(text, source)


class TwoNodesTests(TwoNodesCase):
    """A colleague's report comes by another node in the middle of an undo."""

    def test_it_stays_where_nothing_was_before(self) -> None:
        """The undo of a first report leaves the colleague's figures."""
        self.check_undo_of("RUTAN 82 54 36 39")

    def test_it_stays_where_something_was_before(self) -> None:
        """The undo does not bring older figures over the colleague's."""
        self.check_undo_of("RUTAN 81 54 36 39", "RUTAN 82 54 36 39")

    def check_undo_of(self, *texts: str) -> None:
        """Text and undo; the colleague's figures hold, and the reply says so."""
        for text in texts:
            self.one(text)
        self.meanwhile = self.colleague_reports
        self.assertIn("tetap berlaku", self.one("BATAL"))
        self.assertEqual(self.held(), "90 54 36 39")
        self.assertEqual(self.history()[-1], ("90 54 36 39", "90 54 36 39"))

    def test_what_stood_beside_it(self) -> None:
        """Other texts of the same batch are done once each, with their replies."""
        self.one("RUTAN 82 54 36 39")
        self.meanwhile = self.colleague_reports
        settled = [self.arrive(text) for text in ("RUTAN GETUPT", "BATAL", "PROV")]
        before = len(self.link.sent)
        self.turn()
        self.assertEqual([self.successResultOf(each) for each in settled], [True] * 3)
        self.assertEqual(len(self.link.sent) - before, 3)
        self.assertEqual(self.states().count("done"), 6)


class TwoReportsTests(TwoNodesCase):
    """Figures change by another node in the middle of a report."""

    def test_both_are_first(self) -> None:
        """The second to be stored is an update of the first, and can be undone."""
        self.meanwhile = self.colleague_reports
        reply = self.one("RUTAN 82 54 36 39")
        self.assertTrue(reply.startswith("Update Data"), reply)
        self.assertEqual(
            self.history(), [(None, "90 54 36 39"), ("90 54 36 39", "82 54 36 39")]
        )
        self.one("BATAL")
        self.assertEqual(self.held(), "90 54 36 39")

    def test_both_are_updates(self) -> None:
        """Each names what held before it."""
        self.one("RUTAN 81 54 36 39")
        self.meanwhile = self.colleague_reports
        self.one("RUTAN 82 54 36 39")
        self.assertEqual(
            self.history()[1:],
            [("81 54 36 39", "90 54 36 39"), ("90 54 36 39", "82 54 36 39")],
        )

    def test_an_undo(self) -> None:
        """What was to be replaced is taken back: the report is a first one."""
        self.one("RUTAN 90 54 36 39", _COLLEAGUE)
        self.meanwhile = partial(self.elsewhere, "BATAL", _COLLEAGUE)
        reply = self.one("RUTAN 82 54 36 39")
        self.assertTrue(reply.startswith("Insert Data"), reply)
        self.assertEqual(self.history()[-1], (None, "82 54 36 39"))

    def test_the_same_text(self) -> None:
        """What came by both nodes is one submission."""
        self.meanwhile = partial(self.elsewhere, "RUTAN 82 54 36 39")
        self.assertEqual(self.one("RUTAN 82 54 36 39"), self.reply)
        self.assertEqual(len(self.history()), 1)

    def test_in_one_batch(self) -> None:
        """Several reports of one day are stored in their order, beside others."""
        self.one("RUTAN 80 54 36 39")
        texts = [
            "RUTAN 81 54 36 39",
            "RUTAN 1 1 1 1 260408",
            "RUTAN 2 1 1 1 260408",
            "BATAL",
            "RUTAN 3 1 1 1 260408",
        ]
        settled = list(map(self.arrive, texts))
        self.turn()
        self.assertEqual([self.successResultOf(each) for each in settled], [True] * 5)
        self.assertEqual(self.held(), "81 54 36 39")
        self.assertEqual(self.held(day=datetime.date(2008, 4, 26)), "3 1 1 1")
        self.assertEqual(
            [new for _, new in self.history()][2:],
            ["1 1 1 1", "2 1 1 1", "1 1 1 1", "3 1 1 1"],
        )


class TwoConfirmationsTests(TwoNodesCase):
    """What waits for its sender's word is settled by another node meanwhile."""

    plausibility = "confirm"

    def ask(self) -> str:
        """The code that unlikely figures wait for."""
        self.one("RUTAN 82 54 36 39 260408")
        found = re.search("YA ([0-9]{4}) ", self.one("RUTAN 820 54 36 39"))
        assert found is not None
        return found[1]

    def test_yes_twice(self) -> None:
        """It is stored once, and both have the same reply."""
        code = self.ask()
        self.meanwhile = partial(self.elsewhere, f"YA {code}")
        self.assertEqual(self.one(f"YA {code}"), self.reply)
        self.assertEqual(len(self.history()), 2)

    def test_yes_and_undo(self) -> None:
        """What was dropped is not stored."""
        code = self.ask()
        self.after(1)
        self.meanwhile = partial(self.elsewhere, "BATAL")
        self.assertEqual(self.one(f"YA {code}"), TEXTS["no_pending"])
        self.assertEqual(self.held(), _NONE)

    def test_undo_and_yes(self) -> None:
        """What was stored is taken back as such."""
        code = self.ask()
        self.after(1)
        self.meanwhile = partial(self.elsewhere, f"YA {code}")
        self.assertIn("Belum ada laporan lain", self.one("BATAL"))
        self.assertEqual(self.held(), _NONE)
        self.assertEqual(len(self.history()), 3)


class FlagTests(CorrectionCase):
    """Figures that look like a slip are stored and marked."""

    def test_reasons(self) -> None:
        """Each reason against the day before."""
        cases = {
            "82 54 36 200": ("jump", "highest"),
            "54 82 36 39": ("swapped",),
            "95 60 45 45": ("highest",),
            "83 54 36 39": (),
        }
        self.one("RUTAN 82 54 36 39 260408")
        for figures, expected in cases.items():
            with self.subTest(figures=figures):
                reply = self.one(f"RUTAN {figures}")
                self.assertTrue(reply.startswith("Insert Data"))
                self.assertEqual(self.flags().get("RUTAN", ()), expected)
                self.one("BATAL")
                self.assertEqual(self.flags(), {})

    def test_the_first_passes(self) -> None:
        """Even the manual's example."""
        self.one("RUTAN 82 54 36 39")
        self.assertEqual(self.flags(), {})

    def test_another_forms_figures(self) -> None:
        """Of the same day, and a moment ago."""
        self.one("RUTAN PEG 40 12 22 9 260408")
        self.one("RUTAN 21 33 5 18")
        self.one("RUTAN PEG 21 33 5 18")
        self.assertEqual(self.flags()["RUTAN PEG"], ("other_form",))

    def test_marks_come_back_with_the_figures(self) -> None:
        """An undo restores a marked report with its marks."""
        self.one("RUTAN 10 10 10 10 260408")
        self.one("RUTAN 82 54 36 39")
        self.one("RUTAN 11 10 10 10")
        self.assertEqual(self.flags(), {})
        self.one("BATAL")
        self.assertEqual(self.flags()["RUTAN"], ("jump", "example", "highest"))


class ConfirmTests(CorrectionCase):
    """Figures that look like a slip wait for YA with a code."""

    plausibility = "confirm"

    def ask(self, text: str = "RUTAN 820 54 36 39") -> str:
        """Send unlikely figures after likely ones; the code of the question."""
        self.one("RUTAN 82 54 36 39 260408")
        found = re.search("YA ([0-9]{4}) ", self.one(text))
        assert found is not None
        return found[1]

    def test_the_question(self) -> None:
        """It names the figure that changed, and stores nothing."""
        code = self.ask()
        self.after(1)
        self.assertEqual(
            self.one("RUTAN 820 54 36 39"),
            f"Belum disimpan: Tahanan P terakhir 82, kini 820. Bila benar balas YA "
            f"{code} sebelum 08.15. Bila salah kirim ulang angkanya.",
        )
        self.assertEqual(self.held(), _NONE)
        waiting = self.rows("SELECT code FROM confirmations")
        self.assertEqual([row.code for row in waiting], [code])

    def test_yes(self) -> None:
        """The report is stored as typed; a restart in between forgets nothing."""
        code = self.ask()
        self.start_stages()
        self.connect()
        reply = self.one(f"YA {code}")
        self.assertTrue(reply.startswith(f"Insert Data UPT {_UNIT} berhasil"), reply)
        self.assertEqual(self.held(), "820 54 36 39")
        self.assertEqual(self.flags()["RUTAN"], ("jump", "highest", "confirmed"))
        self.assertEqual(self.one(f"YA {code}"), reply)
        self.assertEqual(len(self.history()), 2)

    def test_of_the_day_as_typed(self) -> None:
        """The day is that of the report, though another has begun."""
        code = self.ask("RUTAN 820 54 36 39 270408")
        self.assertIn("tgl: 270408", self.one(f"YA {code}"))

    def test_a_unit_that_was_closed(self) -> None:
        """No sum of the day has it any more: nothing is stored by the word."""
        code = self.ask()
        self.writer.perform(
            lambda transaction: put_units(
                transaction, [evolve(UNIT, valid_until=datetime.date(2008, 4, 26))]
            )
        )
        self.turn()
        self.assertIn("tidak lagi berlaku pada tgl 270408", self.one(f"YA {code}"))
        self.assertEqual(self.held(), _NONE)

    def test_no_code(self) -> None:
        """Wrong, late, another's: nothing is stored."""
        code = self.ask()
        other = f"{(int(code) + 1) % 10_000:04}"
        for text, source in (
            (f"YA {other}", OFFICER),
            ("YA", OFFICER),
            (f"YA {code}", _COLLEAGUE),
        ):
            self.assertEqual(self.one(text, source), TEXTS["no_pending"])
        self.after(15)
        self.assertEqual(self.one(f"YA {code}"), TEXTS["no_pending"])
        self.assertEqual(self.held(), _NONE)

    def test_corrected_instead(self) -> None:
        """The figures sent again are the better ones: the code is void."""
        code = self.ask()
        self.after(1)
        self.one("RUTAN 83 54 36 39")
        self.assertEqual(self.one(f"YA {code}"), TEXTS["no_pending"])
        self.assertEqual(self.held(), "83 54 36 39")

    def test_taken_back(self) -> None:
        """BATAL drops what is pending and leaves what was stored before."""
        code = self.ask()
        self.after(1)
        dropped = self.one("BATAL")
        self.assertIn("yang belum disimpan", dropped)
        self.assertEqual(self.one("BATAL"), dropped)
        self.assertEqual(self.one(f"YA {code}"), TEXTS["no_pending"])
        self.assertEqual(self.held(day=_DAY - datetime.timedelta(1)), "82 54 36 39")

    def test_confirmed_and_taken_back(self) -> None:
        """BATAL undoes what YA stored, and the code does not bring it again."""
        code = self.ask()
        self.one(f"YA {code}")
        self.one("BATAL")
        self.assertEqual(self.held(), _NONE)
        self.assertEqual(self.one(f"YA {code}"), TEXTS["no_pending"])

    def test_redelivered(self) -> None:
        """A question and a yes that come twice take effect once."""
        self.one("RUTAN 82 54 36 39 260408")
        for _ in range(2):
            self.hand_over(self.link, self.incoming("RUTAN 820 54 36 39"))
            self.turn()
            self.link.disconnect(self.exchange)
            self.turn()
            self.connect()
        (waiting,) = self.rows("SELECT code FROM confirmations")
        for _ in range(2):
            self.hand_over(self.link, self.incoming(f"YA {waiting.code}"))
            self.turn()
            self.link.disconnect(self.exchange)
            self.turn()
            self.connect()
        self.assertEqual(len(self.history()), 2)
        self.assertEqual(self.states().count("redelivered"), 2)


@frozen
class Step:
    """One thing that an officer does, so many minutes after the one before."""

    who: str
    figure: int | None
    """None is a BATAL."""
    minutes: float


@define
class Model:
    """What holds is the newest report that was not taken back."""

    now: float = 0.0
    reports: list[tuple[str, int, float]] = field(factory=list)
    undone: set[int] = field(factory=set)
    last: dict[str, int | None] = field(factory=dict)
    steps: int = 0

    def take(self, step: Step) -> None:
        """Do a step."""
        self.now += step.minutes
        if step.figure is not None:
            if not self._repeats(step):
                self.last[step.who] = len(self.reports)
                self.reports.append((step.who, step.figure, self.now))
                self.steps += 1
            return
        mine = self.last.get(step.who)
        if mine is not None and self.now - self.reports[mine][2] < 15:
            self.undone.add(mine)
            self.last[step.who] = None
            self.steps += 1

    @property
    def alive(self) -> list[int]:
        """The reports that were not taken back."""
        return [at for at in range(len(self.reports)) if at not in self.undone]

    def _repeats(self, step: Step) -> bool:
        """The same text within ten minutes, with nothing that changed in between."""
        if not self.reports or not self.alive:
            return False
        at = self.alive[-1]
        who, figure, when = self.reports[at]
        same = (who, figure) == (step.who, step.figure)
        return at == len(self.reports) - 1 and same and self.now - when < 10


_STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from([OFFICER, _COLLEAGUE]),
        st.none() | st.integers(1, 3),
        st.sampled_from([0.5, 4, 9, 16]),
    ),
    max_size=14,
)


class ModelTests(CorrectionCase):
    """Any sequence of reports, corrections and undos."""

    @settings(max_examples=150, deadline=None)
    @given(_STEPS)
    def test_any_sequence(self, steps: list[Step]) -> None:
        """What holds is what the model says, and every step is in the history."""
        for table in ("reports", "submissions", "inbox", "outbox"):
            self.empty(table)
        self.after(60)
        model = Model()
        for step in steps:
            self.after(step.minutes)
            text = (
                "BATAL" if step.figure is None else f"RUTAN {step.figure} 1 1 1 270408"
            )
            self.text(text, step.who)
            model.take(step)
            alive = model.alive
            figure = model.reports[alive[-1]][1] if alive else None
            self.assertEqual(self.held(), f"{figure} 1 1 1" if figure else _NONE)
        self.assertEqual(len(self.history()), model.steps)
        held = None
        for old, new in self.history():
            self.assertEqual(old, held)
            held = None if new == _NONE else new

    def empty(self, table: str) -> None:
        """Begin anew."""
        done = self.writer.perform(
            lambda transaction: transaction.execute(delete(metadata.tables[table]))
        )
        self.turn()
        self.successResultOf(done)


def on_postgresql(made: type[CorrectionCase]) -> type[CorrectionCase]:
    """The same tests with the other database."""

    def new_database(self: CorrectionCase) -> str:
        return own_database(self)

    name = f"Postgresql{made.__name__}"
    members = {"new_database": new_database, "__doc__": made.__doc__}
    return skipIf(bool(MISSING), MISSING)(type(name, (made,), members))


PostgresqlUndoTests = on_postgresql(UndoTests)
PostgresqlTwoNodesTests = on_postgresql(TwoNodesTests)
PostgresqlTwoReportsTests = on_postgresql(TwoReportsTests)
PostgresqlTwoConfirmationsTests = on_postgresql(TwoConfirmationsTests)
PostgresqlFlagTests = on_postgresql(FlagTests)
PostgresqlConfirmTests = on_postgresql(ConfirmTests)

# SQLite's writers shut each other out: there it cannot happen.
del TwoNodesTests, TwoReportsTests, TwoConfirmationsTests
