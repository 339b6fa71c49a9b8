"""What a person is to hear of: messages without a command, limits that hold back."""

from __future__ import annotations

from twisted.logger import LogLevel, capturedLogs, formatEvent

from smscentre.inbox.limits import ReplyLimits
from smscentre.store.beside import change_store, read_store
from smscentre.store.recent import list_messages
from smscentre.store.unread import NotOnTheList, count_unread, mark_done
from tests.stages import CENTRE_NUMBER, OFFICER, StagesTestCase

_STRANGER = "+628129999999"


class UnreadTests(StagesTestCase):
    """What no command understood waits for a person."""

    def setUp(self) -> None:
        super().setUp()
        self.connect()

    def unread(self) -> list[str]:
        """The texts that wait, oldest first."""
        listed = read_store(
            self.url, lambda connection: list_messages(connection, unread=True)
        )
        return [one.text for one in listed]

    def test_who_and_what(self) -> None:
        """Strangers, names and short codes; no command, no loop of ours."""
        for source, text in (
            (OFFICER, "ASK"),
            (OFFICER, "WRONG"),
            (_STRANGER, "Halo"),
            ("TELKOMSEL", "Pulsa habis"),
            ("4321", "Masa aktif"),
            (CENTRE_NUMBER, "HELP"),
            (_STRANGER, "Insert Data UPT 1"),
        ):
            self.text(text, source)
        self.assertEqual(self.unread(), ["Halo", "Pulsa habis", "Masa aktif"])

    def test_done(self) -> None:
        """All or none leave the list; who took them off stands in the audit log."""
        self.text("Halo", _STRANGER)
        self.text("Pulsa habis", "TELKOMSEL")
        first, second = (
            row.inbox_id for row in self.rows("SELECT inbox_id FROM unrecognised")
        )
        for rows in ([first, 7], [7]):
            with self.assertRaises(NotOnTheList) as caught:
                self.done(rows)
            self.assertEqual(caught.exception.rows, [7])
        self.assertEqual(len(self.unread()), 2)
        self.done([first])
        self.assertRaises(NotOnTheList, self.done, [first, second])
        self.assertEqual(self.unread(), ["Pulsa habis"])
        self.assertEqual(read_store(self.url, count_unread).count, 1)
        (row,) = self.rows("SELECT actor, action, subject FROM audit")
        self.assertEqual(tuple(row), ("local:root", "messages.done", str(first)))

    def done(self, rows: list[int]) -> None:
        """Mark messages as done."""
        change_store(
            self.url,
            lambda transaction: mark_done(transaction, rows, "local:root", self.now()),
        )


class AlarmTests(StagesTestCase):
    """The log tells of a limit that holds replies back."""

    limits = ReplyLimits(sender_per_minute=1)

    def test_once_an_hour(self) -> None:
        """With the limit's name and a masked number, not again for each reply."""
        self.connect()
        for wait, told in ((0, 1), (600, 0), (3600, 1)):
            self.clock.advance(wait)
            with capturedLogs() as events:
                for number in range(4):
                    self.text(f"SET {number}")
            said = [
                formatEvent(event)
                for event in events
                if event["log_level"] is LogLevel.warn
            ]
            self.assertEqual(len(said), told)
            for line in said:
                self.assertIn("sender_limit holds back replies", line)
                self.assertNotIn(OFFICER, line)
