"""The real process asked, while it runs, what became of a message."""

from __future__ import annotations

import json

from smscentre.smpp import codec
from tests.system.case import OFFICER, ServiceTestCase
from tests.system.peer import SmscOptions


class TraceTests(ServiceTestCase):
    """From a list to one message whole."""

    def setUp(self) -> None:
        super().setUp()
        self.smsc.options = SmscOptions(receipts=True)
        self.run_centre()
        self.ask("RUTAN 1 2 3 4")
        self.wait(lambda: self.states("outbox") == ["delivered"], "the receipt")

    def test_a_message_whole(self) -> None:
        """The octets that went over the wire, and what they meant."""
        listed = json.loads(self.centre.command("messages", "--json"))
        ((row,),) = self.centre.rows("SELECT id FROM inbox WHERE state = 'done'")
        self.assertEqual([one["id"] for one in listed], [row])
        told = json.loads(self.centre.command("trace", "--json", str(row)))
        octets = {
            octets["title"]: bytes.fromhex(octets["hex"])
            for moment in told["moments"]
            for octets in moment["octets"]
        }
        submit, answer = (codec.decode(octets[of]) for of in ("submit_sm", "answer"))
        self.assertEqual(submit.sequence, answer.sequence)
        self.assertIn("receipt matched: delivered", str(told))
        self.assertNotIn(self.smsc.options.password, str(told))

    def test_the_last_of_a_number(self) -> None:
        """As somebody would type the number."""
        shown = self.centre.command("trace", f"0{OFFICER.removeprefix('62')}")
        self.assertIn("delivered  RUTAN 1 2 3 4", shown)
