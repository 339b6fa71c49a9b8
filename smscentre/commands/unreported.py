"""The question who has not reported yet today.

Names the units of a province, or of wherever the asker belongs, that lack one of
the forms expected of them. It asks about the whole day and not about the last
deadline: a unit that has reported once today is not named.
"""

from __future__ import annotations

__all__ = ["Unreported", "read_unreported"]

from collections.abc import Collection, Sequence

from attrs import frozen

from smscentre.commands.asker import Answer, Asker, answer
from smscentre.commands.dates import written
from smscentre.commands.examples import own_example
from smscentre.commands.forms import KIND_OF
from smscentre.commands.places import find_province
from smscentre.commands.replies import compose, places, shortened
from smscentre.directory import Right, Scope, Unit
from smscentre.interfaces import Command, Ledger, Outcome, SubmissionKey

_EXAMPLE = "BELUM {}"
_ANY_PROVINCE = "DKI"


@frozen
class Unreported:
    """A question that is ready to be answered; no provinces are the country."""

    asker: Asker
    provinces: tuple[str, ...]

    @property
    def needs(self) -> Collection[Right]:
        """The right that an officer may have put under a PIN."""
        return (Right.QUERY,)

    def expects(self) -> Sequence[SubmissionKey]:
        """Nothing: it is about many units at once."""
        return ()

    def run(self, ledger: Ledger) -> Outcome:
        """Compare what was expected with what there is."""
        units: dict[str, Unit] = {}
        missing: dict[str, Unit] = {}
        for form in self.asker.rules.daily_forms:
            expected = self._expected(ledger, form)
            reported = ledger.reported(form, self.asker.today) if expected else {}
            units |= expected
            missing |= {
                code: unit for code, unit in expected.items() if code not in reported
            }
        return Outcome("list", self._reply(len(units), missing))

    def _expected(self, ledger: Ledger, form: str) -> dict[str, Unit]:
        scopes = [Scope(province=province) for province in self.provinces]
        return {
            unit.code: unit
            for scope in scopes or [Scope()]
            for unit in ledger.directory.in_scope(
                scope, KIND_OF[form], self.asker.today
            )
        }

    def _reply(self, expected: int, missing: dict[str, Unit]) -> str:
        scope, date = places(self.provinces), written(self.asker.today)
        if not expected:
            return compose("no_units", scope=scope)
        if not missing:
            return compose("all_reported", scope=scope, date=date, of=expected)
        names = [missing[code].name for code in sorted(missing)]
        return compose(
            "unreported",
            scope=scope,
            date=date,
            n=len(names),
            of=expected,
            units=shortened(names),
        )


def read_unreported(asker: Asker, words: Sequence[str]) -> Command:
    """Understand the words after the keyword: a province, or nothing."""
    if not asker.may_query:
        return answer("no_query", example=own_example(asker))
    if not words:
        own = (asker.unit.province,) if asker.unit else asker.officer.provinces
        return Unreported(asker, own)
    province = find_province(
        asker.directory, words, lambda place: _EXAMPLE.format(place or _ANY_PROVINCE)
    )
    if isinstance(province, Answer):
        return province
    return Unreported(asker, (province.keyword,))
