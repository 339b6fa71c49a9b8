"""``/admin/data``: any unit's form for any day, entered or corrected with a reason.

What is stored is decided by the desk, by the rules of an SMS; here a form is read,
shown and, with what is wrong, shown again.
"""

from __future__ import annotations

__all__ = ["DataPages"]

from collections.abc import Sequence
from typing import Final

from smscentre.actors import web_actor
from smscentre.corrections import Correction, Ruling, TakingBack, Verdict
from smscentre.directory import Directory
from smscentre.interfaces import SubmissionKey
from smscentre.messages import Submission
from smscentre.store.courses import Span
from smscentre.store.figures import Place
from smscentre.store.ledger import StoreLedger
from smscentre.store.pages import ReadConnection
from smscentre.store.revisions import changes
from smscentre.store.transaction import Numbers, Transaction
from smscentre.web.asked import Misasked, latest_day, read_day
from smscentre.web.changing import change_for
from smscentre.web.dataform import (
    ENTRY,
    NO_UNIT,
    REFUSED,
    Asked,
    Filled,
    Known,
    entry_page,
    reason_faults,
    seen_by,
    units_like,
)
from smscentre.web.means import Means
from smscentre.web.problems import Problem
from smscentre.web.reports import BY_SLUG, REPORTS
from smscentre.web.revisionwords import spelled
from smscentre.web.routes import (
    INVALID,
    Answer,
    Need,
    Page,
    Redirect,
    Route,
    Trouble,
    Values,
    Visit,
)

_HOME = "/admin/data"
_OFFERED: Final = 30

_FIELDS: Final = {report.form.id: report.form.fields for report in REPORTS}
_KINDS: Final = {report.form.id: report.form.kind for report in REPORTS}


class DataPages:
    """Chooses, enters, corrects and takes back."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route(_HOME, ("GET",), Need.DATA, self.choose),
            Route(ENTRY, ("GET",), Need.DATA, self.ask),
            Route(ENTRY, ("POST",), Need.DATA, self.save),
            Route(f"{_HOME}/tarik", ("POST",), Need.DATA, self.take_back),
        ]

    # Which unit and day.

    async def choose(self, visit: Visit) -> Answer:
        """The form for unit and day, and what the unit has reported for it."""
        return await self._means.reader.read(
            lambda connection: self._choice(connection, visit)
        )

    def _choice(self, connection: ReadConnection, visit: Visit) -> Page:
        """In a reader's thread."""
        directory = self._means.directory.current(connection)
        word, user = visit.query.get("upt"), visit.someone
        own = [unit for unit in directory.units.values() if user.covers(unit)]
        named = [unit for unit in directory.units_named(word) if user.covers(unit)]
        named = named or units_like(word, own)
        faults: dict[str, str] = {}
        day = self._means.now().date()
        try:
            day = read_day(visit.query.get("tanggal"), latest_day(visit.now)) or day
        except Misasked as error:
            faults["tanggal"] = str(error)
        if word and not named:
            faults["upt"] = NO_UNIT
        unit = named[0] if len(named) == 1 and not faults else None
        if user.unit and not word and own:
            (unit,) = own
        reports = []
        for report in REPORTS:
            if unit is not None and report.form.kind in unit.kinds:
                asked = Asked(unit, report, day)
                held = _held(connection, directory, asked.key)
                reports.append((asked, spelled(report, held.values) if held else ""))
        values = {
            "word": unit.code if unit else word,
            "day": day,
            "faults": faults,
            "units": own,
            "several": named[:_OFFERED] if len(named) > 1 else [],
            "not_offered": max(0, len(named) - _OFFERED),
            "unit": unit,
            "reports": reports,
            "closed": directory.is_closed(day),
        }
        return Page("admin_data.html", values, INVALID if faults else 200)

    # The figures.

    async def ask(self, visit: Visit) -> Answer:
        """The form with what holds, and its history."""
        found = await self._found(visit, visit.query)
        if found is None:
            return Trouble(Problem.NO_PAGE, NO_UNIT)
        asked, known = found
        return entry_page(asked, known, Filled.of(asked.report, known.held))

    async def save(self, visit: Visit) -> Answer:
        """Have figures hold; what speaks against it is shown, nothing is lost."""
        found = await self._found(visit, visit.form)
        if found is None:
            return Trouble(Problem.NO_PAGE, NO_UNIT)
        asked, known = found
        filled = Filled.sent(visit.form, asked.report)
        faults = filled.faults()
        if faults:
            return entry_page(asked, known, filled, faults, seen=seen_by(visit.form))
        correction = Correction(
            web_actor(visit.someone.name),
            filled.reason,
            asked.key,
            filled.values,
            seen_by(visit.form),
            filled.sure,
        )
        desk, now = self._means.desk, visit.now
        verdict = await change_for(
            self._means,
            visit,
            lambda transaction: desk.correct(transaction, correction, now),
        )
        if verdict.ruling is Ruling.STORED:
            marked = " dan ditandai tampak janggal" if verdict.slip else ""
            return Redirect(asked.address, f"Angkanya sudah disimpan{marked}.")
        return await self._refused(visit, asked, filled, verdict)

    async def take_back(self, visit: Visit) -> Answer:
        """Have hold what held before what holds."""
        found = await self._found(visit, visit.form)
        if found is None:
            return Trouble(Problem.NO_PAGE, NO_UNIT)
        asked, known = found
        filled = Filled.of(asked.report, known.held)
        reason = visit.form.get("alasan")
        wrong = reason_faults(reason)
        if wrong:
            faults = {"alasan-tarik": wrong["alasan"]}
            seen = seen_by(visit.form)
            return entry_page(
                asked, known, filled, faults, taking_back=reason, seen=seen
            )
        wish = TakingBack(
            web_actor(visit.someone.name), reason, asked.key, seen_by(visit.form)
        )
        desk, now = self._means.desk, visit.now
        verdict = await change_for(
            self._means,
            visit,
            lambda transaction: desk.take_back(transaction, wish, now),
        )
        if verdict.ruling is Ruling.STORED:
            words = "Laporan itu sudah ditarik"
            after = (
                "yang sebelumnya berlaku lagi" if verdict.held else "hari itu kosong"
            )
            return Redirect(asked.address, f"{words}; {after}.")
        return await self._refused(visit, asked, filled, verdict, reason)

    async def _refused(
        self,
        visit: Visit,
        asked: Asked,
        filled: Filled,
        verdict: Verdict,
        taking_back: str = "",
    ) -> Answer:
        """The form again, with why nothing was stored."""
        found = await self._found(visit, visit.form)
        if found is None:
            return Trouble(Problem.NO_PAGE, NO_UNIT)
        _, known = found
        if verdict.ruling is Ruling.DOUBTED:
            seen = seen_by(visit.form)
            return entry_page(asked, known, filled, verdict=verdict, seen=seen)
        faults = {"": REFUSED[verdict.ruling]}
        return entry_page(asked, known, filled, faults, taking_back=taking_back)

    async def _found(self, visit: Visit, fields: Values) -> tuple[Asked, Known] | None:
        """What is asked for and known; None if it is not for the user."""
        return await self._means.reader.read(
            lambda connection: self._find(connection, visit, fields)
        )

    def _find(
        self, connection: ReadConnection, visit: Visit, fields: Values
    ) -> tuple[Asked, Known] | None:
        """In a reader's thread."""
        directory = self._means.directory.current(connection)
        unit = directory.units.get(fields.get("upt"))
        report = BY_SLUG.get(fields.get("formulir"))
        try:
            day = read_day(fields.get("tanggal"), latest_day(visit.now))
        except Misasked:
            day = None
        if unit is None or report is None or day is None:
            return None
        if not visit.someone.covers(unit) or report.form.kind not in unit.kinds:
            return None
        asked = Asked(unit, report, day)
        place, span = Place(unit=unit.code), Span(day, day)
        history = changes(connection, [report.form], place, span)
        return asked, Known(_held(connection, directory, asked.key), history, directory)


def _held(
    connection: ReadConnection, directory: Directory, key: SubmissionKey
) -> Submission | None:
    """What holds."""
    transaction = Transaction(connection, Numbers())
    return StoreLedger(transaction, directory, _FIELDS, _KINDS).latest(key)
