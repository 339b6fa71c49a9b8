"""Administration once more, on a real PostgreSQL: what it stores and finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import skipIf

from tests.postgresql import MISSING, own_database
from tests.store.test_postgresql import upgraded
from tests.web import test_data, test_officers, test_tokens, test_units, test_unread
from tests.web.admincase import AdminCase


def on_postgresql(tests: type[AdminCase]) -> type[AdminCase]:
    """The same tests, each with a new database of the shared server."""

    def new_database(self: AdminCase, folder: Path) -> str:
        return own_database(self, like=upgraded())

    members: dict[str, Any] = {
        "new_database": new_database,
        "__module__": __name__,
        "__doc__": tests.__doc__,
    }
    made = type(f"Postgresql{tests.__name__}", (tests,), members)
    return skipIf(bool(MISSING), MISSING)(made)


class _AddressTests(AdminCase):
    """Addresses with what no text of a database can hold."""

    def test_nul(self) -> None:
        """Nothing is there, and nobody asks the database for it."""
        for path in (
            "/admin/pengguna/ubah/a%00",
            "/admin/upt/impor/a%00",
            "/pesan/%00",
            "/pesan/1%00",
            "/upt/1203%00",
            "/laporan/rutan%00",
        ):
            self.assertEqual(self.browser.get(path).status, 404, path)


PostgresqlAddressTests = on_postgresql(_AddressTests)
PostgresqlUnitFormTests = on_postgresql(test_units.FormTests)
PostgresqlImportTests = on_postgresql(test_units.ImportTests)
PostgresqlMoveTests = on_postgresql(test_officers.MoveTests)
PostgresqlPinTests = on_postgresql(test_officers.PinTests)
PostgresqlCodeTests = on_postgresql(test_officers.CodeTests)
PostgresqlEnterTests = on_postgresql(test_data.EnterTests)
PostgresqlTakeBackTests = on_postgresql(test_data.TakeBackTests)
PostgresqlMonthTests = on_postgresql(test_data.MonthTests)
PostgresqlTokenListTests = on_postgresql(test_tokens.ListTests)
PostgresqlUnreadListTests = on_postgresql(test_unread.ListTests)
PostgresqlUnreadDoneTests = on_postgresql(test_unread.DoneTests)
