"""The product as a process: its folder, its configuration, its life and death.

Everything here goes by the fixed forms only (command line, configuration file,
CSV columns, the monitor's pages, the tables); nothing of `smscentre` is imported.
"""

from __future__ import annotations

__all__ = ["CentreOptions", "Officer", "RunningCentre", "Unit", "free_port"]

import csv
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import asdict, define, field, frozen

ROOT = Path(__file__).parents[2]
"""Where the packages and the plugin lie; the process is started here."""

_COMMAND = (sys.executable, "-c", "from smscentre.cli import main; main()")
_TWISTD = str(Path(sys.executable).with_name("twistd"))

_STEP_S = 0.02
_LOG_TAIL = 6000


@frozen
class Unit:
    """One row of units.csv."""

    code: str
    name: str
    title: str
    province: str = "DKI"
    kinds: str = "RUTAN"


@frozen
class Officer:
    """One row of officers.csv; ``number`` in E.164."""

    number: str
    name: str
    unit: str
    rights: str = "insert|query"
    active: str = "1"
    roles: str = ""


@define
class CentreOptions:
    """What differs from test to test in the configuration.

    ``limits`` replaces members of a table whose every limit is 0; ``smpp``
    adds keys to the tables of all links. ``links`` names them; each but
    "carrier" binds with its name for a system_id. ``modems`` are the devices of
    modems by the links' names, ``modem`` adds keys to their tables; ``outbox``
    replaces members of its table, ``centre`` adds keys to its own.
    """

    window: int = 10
    limits: dict[str, int] = field(factory=dict)
    smpp: dict[str, object] = field(factory=dict)
    links: tuple[str, ...] = ("carrier",)
    modems: dict[str, Path] = field(factory=dict)
    modem: dict[str, object] = field(factory=dict)
    outbox: dict[str, object] = field(factory=dict)
    centre: dict[str, object] = field(factory=dict)
    log_level: str = "info"


def free_port() -> int:
    """A TCP port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RunningCentre:
    """A centre in a folder of its own, connected to a carrier on a port.

    `prepare` once, then `start` and `kill9` or `terminate` as often as needed;
    `close` always.
    """

    def __init__(
        self, folder: Path, smsc_port: int, options: CentreOptions | None = None
    ) -> None:
        self.folder = folder
        self.options = options or CentreOptions()
        self.config = folder / "smscentre.toml"
        self.database = folder / "smscentre.db"
        self.monitor_port = free_port()
        self.web_port = free_port()
        self._smsc_port = smsc_port
        self._log = folder / "twistd.log"
        self._process: subprocess.Popen[bytes] | None = None

    # The folder.

    def prepare(self, units: Iterable[Unit], officers: Iterable[Officer]) -> None:
        """Write configuration and CSV files, make the database, import."""
        self._write_config()
        self.command("db", "upgrade")
        self.import_rows("units", units)
        self.import_rows("officers", officers)

    def adopt(self, database: bytes) -> None:
        """Write the configuration; take the database of another that was prepared."""
        self._write_config()
        self.database.write_bytes(database)

    def import_rows(self, kind: str, rows: Iterable[Unit | Officer]) -> None:
        """Import units or officers by the command for it."""
        records = [asdict(row) for row in rows]
        path = self.folder / f"{kind}.csv"
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(records[0]))
            writer.writeheader()
            writer.writerows(records)
        self.command(kind, "import", str(path))

    def command(self, *arguments: str, typed: str = "") -> str:
        """Run the `smscentre` command, with something to read; what it printed.

        :raises AssertionError: with its output when it fails.
        """
        done = subprocess.run(
            [*_COMMAND, "--config", str(self.config), *arguments],
            cwd=ROOT,
            env=_environment(),
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise AssertionError(
                f"smscentre {' '.join(arguments)}: {done.stdout}{done.stderr}"
            )
        return done.stdout

    def _write_config(self) -> None:
        password = self.folder / "carrier-password"
        password.write_text("rahasia\n")
        password.chmod(0o600)
        limits = {
            "sender_per_minute": 0,
            "sender_per_day": 0,
            "destination_per_hour": 0,
            "unknown_replies_per_day": 0,
            "public_per_number_per_day": 0,
            "public_per_day": 0,
            "centre_per_day": 0,
            **self.options.limits,
        }
        tables: dict[str, dict[str, object]] = {
            "centre": {"number": "02170252704", **self.options.centre},
            "node": {"name": "centre-1", "data_dir": str(self.folder)},
            "database": {"url": f"sqlite:///{self.database}"},
            "outbox": self.options.outbox,
            "limits": dict(limits),
            "web": {"listen": f"tcp:{self.web_port}:interface=127.0.0.1"},
            "monitor": {"listen": f"tcp:{self.monitor_port}:interface=127.0.0.1"},
            "log": {"level": self.options.log_level},
        }
        written = [_table(f"[{name}]", keys) for name, keys in tables.items()]
        links = [_table("[[smpp]]", self._link(name)) for name in self.options.links]
        links += [
            _table("[[modem]]", self._modem(name)) for name in self.options.modems
        ]
        phone = _table("[[phone]]", {"name": "demo", "writes": True})
        self.config.write_text("\n".join([*written, *links, phone]))

    def _link(self, name: str) -> dict[str, object]:
        return {
            "name": name,
            "host": "127.0.0.1",
            "port": self._smsc_port,
            "system_id": "smscentre" if name == "carrier" else name,
            "password_file": "carrier-password",
            "address": "02170252704",
            "window": self.options.window,
            **self.options.smpp,
        }

    def _modem(self, name: str) -> dict[str, object]:
        return {
            "name": name,
            "device": str(self.options.modems[name]),
            "number": "+6281100000001",
            "rate": 0,
            **self.options.modem,
        }

    # The process.

    @property
    def pid(self) -> int:
        """The process id of the service that runs or last ran."""
        assert self._process is not None, "never started"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self, env: Mapping[str, str] | None = None, wait: bool = True) -> float:
        """Start the service, wait until it is ready; the seconds it took."""
        assert not self.running, "already running"
        began = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command_line(),
                cwd=ROOT,
                env=_environment(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if wait:
            self.wait_ready()
        return time.monotonic() - began

    def command_line(self) -> list[str]:
        """How the service is started."""
        # The pid file would otherwise stop a start after kill -9.
        return [_TWISTD, "-n", "--pidfile=", "smscentre", "--config", str(self.config)]

    def wait_ready(self, timeout_s: float = 60.0) -> None:
        """Wait until the monitor says that the store writes.

        :raises AssertionError: with the log when it does not come to that.
        """
        deadline = time.monotonic() + timeout_s
        while self.page("readyz") != 200:
            if self.wait_exit(_STEP_S):
                raise AssertionError(f"the centre ended:\n{self.log()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"the centre is not ready:\n{self.log()}")

    def page(self, name: str) -> int:
        """The status of a page of the monitor; 0 where nobody listens."""
        try:
            with self.monitor(name):
                return 200
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def monitor(self, name: str) -> Any:
        """Open a page of the monitor."""
        return urllib.request.urlopen(
            f"http://127.0.0.1:{self.monitor_port}/{name}", timeout=5
        )

    def metric(self, sample: str) -> float:
        """The value of a metric by its name with labels; 0 where it is absent."""
        with self.monitor("metrics") as page:
            for line in page.read().decode().splitlines():
                name, _, value = line.rpartition(" ")
                if name == sample:
                    return float(value)
        return 0.0

    def wait_exit(self, timeout_s: float) -> bool:
        """Wait for the end of the process; whether it came."""
        assert self._process is not None, "never started"
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill9(self) -> None:
        """Kill the process as a power cut does."""
        self._signal(signal.SIGKILL)
        self.wait_exit(10)

    def terminate(self, timeout_s: float = 10.0) -> float:
        """Stop the service as systemd does; the seconds it took.

        :raises AssertionError: with the log when it does not end in time.
        """
        began = time.monotonic()
        self._signal(signal.SIGTERM)
        if not self.wait_exit(timeout_s):
            raise AssertionError(f"no end within {timeout_s:g} s:\n{self.log()}")
        return time.monotonic() - began

    def restart(self, env: Mapping[str, str] | None = None) -> float:
        """Kill what runs, start again."""
        self.kill9()
        return self.start(env)

    def close(self) -> None:
        """Leave no process behind."""
        if self.running:
            self.kill9()

    def _signal(self, number: signal.Signals) -> None:
        """Signal the whole process group, which is the service's own."""
        if self.running:
            os.killpg(self.pid, number)

    # What it left.

    def log(self, tail: int = _LOG_TAIL) -> str:
        """The end of what the process printed in all its lives; 0: all of it."""
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return text[-tail:]

    def resident_octets(self) -> int:
        """The memory that the process has at the moment."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError(f"the process {self.pid} has no memory")

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the store from outside, without a right to write."""
        store = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            return store.execute(query, values).fetchall()
        finally:
            store.close()


def _table(title: str, keys: Mapping[str, object]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in keys.items()]
    return "\n".join([title, *lines, ""])


def _value(value: object) -> str:
    """A value as TOML has it: text, number or truth."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a process of ours: this one's, and where we lie."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **(more or {})}
