"""The simulated modem against programs that real modems are used with.

What they make of it shows that it is a fair stand-in: gammu asks about everything
that a modem may have, and smsd of the SMS Server Tools is a server as ours is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from unittest import skipIf

from twisted.trial.unittest import SynchronousTestCase

from smscentre.sim.modem.record import What
from tests.system.modem import Modem

_PATH = os.pathsep.join((os.defpath, "/usr/sbin", "/sbin"))
_GAMMU = shutil.which("gammu", path=_PATH)
_SMSD = shutil.which("smsd", path=_PATH)
NO_GAMMU = "" if _GAMMU else "no gammu (Debian: gammu) is installed"
NO_SMSD = "" if _SMSD else "no smsd (Debian: smstools) is installed"

OFFICER = "+628111203001"
LONG = "Laporan penghuni rutan hari ini. " * 8
UNICODE = "Ñandú ✓ 日本"
_PATIENCE_S = 60.0


class _ModemTestCase(SynchronousTestCase):
    """Has a modem and a folder for the program's files."""

    def setUp(self) -> None:
        """Plug the modem in."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.modem = Modem(self.folder)
        self.modem.start()
        self.addCleanup(self.modem.stop)


@skipIf(bool(NO_GAMMU), NO_GAMMU)
class GammuTests(_ModemTestCase):
    """Gammu, which is started anew for each thing it is to do."""

    def gammu(self, *arguments: str) -> str:
        """What gammu says."""
        settings = self.folder / "gammu"
        settings.write_text(
            f"[gammu]\ndevice = {self.modem.device}\nconnection = at115200\n"
        )
        assert _GAMMU is not None
        ran = subprocess.run(
            [_GAMMU, "--config", str(settings), *arguments],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            env={"LC_ALL": "C.UTF-8"},
            check=False,
        )
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        return ran.stdout

    def test_it_knows_the_modem(self) -> None:
        """Manufacturer, IMEI, IMSI."""
        said = self.gammu("--identify")
        options, card = self.modem.gsm.state.options, self.modem.gsm.state.card
        for expected in (options.manufacturer, options.model, options.imei, card.imsi):
            self.assertIn(expected, said)

    def test_it_knows_the_state(self) -> None:
        """The network and the service centre."""
        said = self.gammu("getsmsc")
        self.assertIn(self.modem.gsm.state.centre, said)
        said = self.gammu("networkinfo")
        self.assertIn("home network", said)

    def test_it_reads_messages(self) -> None:
        """Long ones in parts, others in Unicode, from a number or a name."""
        self.modem.deliver(OFFICER, LONG)
        self.modem.deliver("KANWIL", UNICODE)
        said = self.gammu("geteachsms")
        self.assertIn(LONG.strip(), said.replace("\n", ""))
        self.assertIn(UNICODE, said)
        for expected in (f'"{OFFICER}"', '"KANWIL"', "3 SMS parts in 2 SMS sequences"):
            self.assertIn(expected, said)

    def test_it_deletes_messages(self) -> None:
        """One slot, by its index."""
        self.modem.deliver(OFFICER, "satu")
        self.modem.deliver(OFFICER, "dua")
        self.gammu("deletesms", "1", "1")
        self.assertEqual([moved.index for moved in self.modem.deleted], [1])

    def test_it_sends_messages(self) -> None:
        """A short one, and a long one in Unicode."""
        said = self.gammu("sendsms", "TEXT", OFFICER, "-text", "Halo", "-report")
        self.assertIn("OK, message reference=0", said)
        text = UNICODE * 10
        self.gammu(
            *("sendsms", "TEXT", OFFICER, "-unicode", "-len", "200", "-text", text)
        )
        self.assertEqual(self.modem.texts(OFFICER), ["Halo", text])
        self.assertEqual(
            [submit.report_requested for submit in self.modem.submits],
            [True, False, False],
        )


@skipIf(bool(NO_SMSD), NO_SMSD)
class SmsdTests(_ModemTestCase):
    """The SMS Server Tools, which run as a server."""

    def setUp(self) -> None:
        """Write the configuration; a status report is stored, as at our link."""
        super().setUp()
        folders = ["outgoing", "checked", "incoming", "failed", "sent", "report"]
        for name in folders:
            (self.folder / name).mkdir()
        lines = [
            "devices = GSM1",
            *(f"{name} = {self.folder / name}" for name in folders),
            f"logfile = {self.folder / 'log'}",
            f"infofile = {self.folder / 'running'}",
            f"pidfile = {self.folder / 'pid'}",
            "delaytime = 1",
            "autosplit = 3",
            "internal_combine = yes",
            "decode_unicode_text = yes",
            "incoming_utf8 = yes",
            "[GSM1]",
            f"device = {self.modem.device}",
            "init = AT+CNMI=2,1,0,2,0",
            "incoming = yes",
            "report = yes",
        ]
        (self.folder / "conf").write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        """Run the server until the test ends."""
        assert _SMSD is not None
        smsd = subprocess.Popen(
            [_SMSD, "-c", str(self.folder / "conf"), "-t"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

        def end() -> None:
            smsd.terminate()
            smsd.wait(_PATIENCE_S)

        self.addCleanup(end)

    def files(self, name: str) -> list[str]:
        """What stands in the files of a folder."""
        return [path.read_text() for path in (self.folder / name).iterdir()]

    def wait_for_files(self, name: str, count: int) -> str:
        """Everything in a folder, once there are so many files."""
        self.modem.wait_for(
            lambda: len(self.files(name)) >= count, f"{count} in {name}", _PATIENCE_S
        )
        return "\n".join(self.files(name))

    def test_it_reads_and_deletes_messages(self) -> None:
        """Each slot after it was read; long texts are joined."""
        self.modem.deliver(OFFICER, LONG)
        self.modem.deliver("KANWIL", UNICODE)
        self.start()
        found = self.wait_for_files("incoming", 2)
        self.assertIn(LONG, found)
        self.assertIn(UNICODE, found)
        self.modem.wait_for(lambda: len(self.modem.deleted) == 3, "three deletions")
        moved = [(each.what, each.index) for each in self.modem.gsm.record.slots]
        self.assertEqual(
            moved[3:],
            [(what, at) for at in (1, 2, 3) for what in (What.READ, What.DELETED)],
        )

    def test_it_sends_and_is_told_of_the_end(self) -> None:
        """The report reaches the message that it is about."""
        to = OFFICER.removeprefix("+")
        (self.folder / "outgoing" / "one").write_text(
            f"To: {to}\nReport: yes\n\nHalo dari server"
        )
        (self.folder / "outgoing" / "two").write_text(
            f"To: {to}\nAlphabet: UTF-8\n\n{UNICODE * 10}"
        )
        self.start()
        self.wait_for_files("sent", 2)
        texts = {text.strip() for text in self.modem.texts(OFFICER)}
        self.assertEqual(texts, {"Halo dari server", UNICODE * 10})
        found = self.wait_for_files("report", 1)
        self.assertIn("SMS STATUS REPORT", found)
        self.assertIn("Status: 0,Ok,short message received by the SME", found)
