"""An operator at the pages of a running service: messages, a phone, the stream."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any
from urllib.parse import urlencode

from tests.system.case import OFFICER, ServiceTestCase
from tests.system.webpages import WebPages, logged_in

_RINVDSTADR = 0x0B
"""Refused for good. Source: SMPP 3.4 §5.1.3 (command_status)."""


class OperatorTests(ServiceTestCase):
    """From a reply that failed to the one that came after all."""

    def test_a_failed_reply_is_found_and_sent_once_more(self) -> None:
        """By its number, with a reason; a double click sends one."""
        self.smsc.submit_statuses.append(_RINVDSTADR)
        self.run_centre()
        self.smsc.deliver(OFFICER, "RUTAN 1 2 3 4")
        self.wait(lambda: self.states("outbox") == ["failed"], "the refusal")
        pages = logged_in(self.centre, "operator")
        local = f"0{OFFICER.removeprefix('62')}"
        _, listed = pages.get(f"/pesan?{urlencode({'nomor': local})}")
        ((row,),) = self.centre.rows("SELECT id FROM inbox WHERE state = 'done'")
        self.assertIn(f'href="/pesan/{row}"', listed)
        status, shown = pages.get(f"/pesan/{row}")
        self.assertEqual(status, 200)
        self.assertIn("ESME_RINVDSTADR", shown)
        copy = re.search(r'name="salinan" value="(\d+)"', shown)
        assert copy is not None, "there is no form to send it once more"
        form = {"alasan": "nomor sudah aktif", "salinan": copy[1]}
        for _ in range(2):
            to = f"/pesan/{row}/kirim-ulang"
            self.assertEqual(pages.submit("/akun", form, to), 303)
        self.wait(lambda: self.states("outbox") == ["failed", "sent"], "the copy")
        self.assertEqual(len(self.smsc.texts(OFFICER)), 2)
        _, shown = pages.get(f"/pesan/{row}")
        self.assertIn("balasan dikirim ulang oleh web:operator", shown)
        self.assertEqual(self.audited("reply.resend"), 1)
        self.assertGreaterEqual(self.audited("messages.read"), 1)

    def audited(self, action: str) -> int:
        """How often something was done, as the audit log has it."""
        query = "SELECT count(*) FROM audit WHERE action = ?"
        ((count,),) = self.centre.rows(query, action)
        found: int = count
        return found

    def test_a_text_by_the_phone_of_the_page(self) -> None:
        """It takes the path of every SMS, and the page shows the answer."""
        self.run_centre()
        pages = logged_in(self.centre, "admin")
        form = {"telepon": "demo", "nomor": f"+{OFFICER}", "teks": "RUTAN 5 6 7 8"}
        self.assertEqual(pages.submit("/coba?nomor=%2B" + OFFICER, form, "/coba"), 303)
        _, shown = pages.get(f"/coba?nomor=%2B{OFFICER}")
        self.assertIn("berhasil", shown)
        self.assertEqual(
            self.centre.rows("SELECT new_values FROM submissions"), [("5 6 7 8",)]
        )
        self.assertIn("Rutan dan lapas: RUTAN", pages.get("/panduan")[1])

    def test_the_stream_tells_of_a_message(self) -> None:
        """Without being asked, within seconds."""
        self.run_centre()
        pages = logged_in(self.centre, "operator")
        with self.listen(pages) as stream:
            first = self.state(stream)
            self.assertIn("tersambung", first["tautan"])
            self.ask("RUTAN 1 2 3 4")
            told = self.state(stream)
            while "terakhir" not in told:
                told = self.state(stream)
            self.assertIn("data baru", told["terakhir"])

    def listen(self, pages: WebPages) -> Any:
        """Open the stream as a browser does."""
        address = f"http://127.0.0.1:{self.centre.web_port}/gateway/arus"
        request = urllib.request.Request(address, headers={"Cookie": pages.cookie})
        return urllib.request.urlopen(request, timeout=20)

    def state(self, stream: Any) -> dict[str, str]:
        """The parts of the next event."""
        for line in stream:
            if line.startswith(b"data: "):
                parts: dict[str, str] = json.loads(line[6:])["parts"]
                return parts
        raise AssertionError("the stream ended")
