"""A whole centre to try: sample units and officers, a simulated carrier and modem.

Makes a directory, then runs carrier, modem and centre as child processes of this one
until it is told to stop, and hands them the lines that are typed. It uses the ordinary
configuration, commands and protocols; nothing in the service knows of it.
"""

from __future__ import annotations

__all__ = ["Demo", "prepare", "run_demo"]

import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import IO

from attrs import frozen

import smscentre
from smscentre import config
from smscentre.actors import local_actor
from smscentre.errors import SMSCentreError
from smscentre.imports import read_officers, read_units
from smscentre.passwords import password_hash
from smscentre.store.beside import change_store
from smscentre.store.changes import (
    Signature,
    import_officers,
    import_units,
    stored_directory,
)
from smscentre.store.schema import upgrade
from smscentre.store.transaction import Transaction
from smscentre.store.users import add_user, all_accounts
from smscentre.users import Role, User

_ROOT = Path(smscentre.__file__).parents[1]
"""Where the package and twistd's plugin lie, installed or not."""

_SAMPLES = (Path(smscentre.__file__).parent / "data" / "demo", _ROOT / "etc" / "demo")
"""Where the samples are in an installed package, and in its sources."""

_PORTS = {
    "smsc": (2775, "port = {}"),
    "web": (8080, "tcp:{}:interface"),
    "monitor": (9108, "tcp:{}:interface"),
}
"""The ports of the sample configuration, and how they stand in it."""

_OFFICER = "+628111203001"
_TEXT = "RUTAN 82 54 36 39"

_LOGIN = "admin"
"""The first user of the pages."""

_READY_S = 20.0
_STOP_S = 12.0
_TICK_S = 0.1
_LOG_TAIL = 2000
_BOUND = (
    'smscentre_link_up{link="carrier"} 1.0',
    'smscentre_link_up{link="modem"} 1.0',
)
_DEVICE = 'device = "/modem"'
"""How the modem's place stands in the sample configuration."""

_BY_MODEM = b"modem"
"""What stands before the colon in a line that goes by the modem."""

_STDIN = 0
_CHUNK_OCTETS = 4096

_TWISTD = "from twisted.scripts.twistd import run; run()"

Show = Callable[[str], None]
_Child = subprocess.Popen[bytes]


class DemoError(SMSCentreError):
    """The demo cannot run here, or a part of it ended."""


@frozen
class Demo:
    """A prepared directory and the ports of its parts."""

    directory: Path
    smsc_port: int
    web_port: int
    monitor_port: int

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.directory / "smscentre.toml"

    @property
    def password(self) -> Path:
        """The file with the carrier's password."""
        return self.directory / "secrets" / "carrier"

    @property
    def login(self) -> Path:
        """The file with the first login's password, as it was made."""
        return self.directory / "secrets" / "web-admin"

    @property
    def modem(self) -> Path:
        """The modem's device: a link to its pseudo-terminal."""
        return self.directory / "modem"

    @property
    def log(self) -> Path:
        """What the centre logs."""
        return self.directory / "centre.log"


def run_demo(directory: Path, *, reset: bool, show: Show) -> None:
    """Run the demo in a directory until SIGINT or SIGTERM.

    :raises SMSCentreError: it cannot be made, does not come up, or ends by itself
    """
    stopping = _stop_by_signal()
    directory.mkdir(parents=True, exist_ok=True)
    with _only_one(directory) as lock:
        if reset:
            shutil.rmtree(directory / "data", ignore_errors=True)
        demo = prepare(directory)
        children: dict[str, _Child] = {}
        try:
            children["carrier"] = _start_carrier(demo, lock)
            children["modem"] = _start_modem(demo, lock)
            children["centre"] = _start_centre(demo, lock)
            if _wait_ready(demo, children, stopping):
                for line in _welcome(demo):
                    show(line)
                _pass_on_input(children["carrier"], children["modem"])
            while not stopping.wait(_TICK_S):
                _check_alive(demo, children)
        finally:
            # The centre first, so that it takes leave of carrier and modem.
            for name in ("centre", "modem", "carrier"):
                if name in children:
                    _end(children[name])
    show("stopped")


def prepare(directory: Path) -> Demo:
    """Write configuration and password, make the database, import the samples.

    What is stored already stays; only the ports may change from run to run.

    :raises SMSCentreError: files or database cannot be written
    """
    samples = _samples()
    text = (samples / "smscentre.toml").read_text(encoding="utf-8")
    ports = {}
    for name, (usual, form) in _PORTS.items():
        ports[name] = _port_like(usual)
        text = text.replace(form.format(usual), form.format(ports[name]))
    demo = Demo(directory, ports["smsc"], ports["web"], ports["monitor"])
    # What JSON puts into quotes reads the same in TOML.
    text = text.replace(_DEVICE, f"device = {json.dumps(str(demo.modem))}")
    demo.config.write_text(text, encoding="utf-8")
    (directory / "data").mkdir(exist_ok=True)
    demo.password.parent.mkdir(mode=0o700, exist_ok=True)
    for file, octets in ((demo.password, 4), (demo.login, 8)):
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_hex(octets) + "\n", encoding="ascii")
    found = config.load(demo.config)
    _fill(found, samples)
    change_store(found.database.url, partial(_add_login, demo))
    return demo


def _add_login(demo: Demo, store: Transaction) -> None:
    """Make the first user, unless there is one."""
    if not all_accounts(store.connection):
        kept = password_hash(demo.login.read_text().strip())
        signature = Signature(local_actor(os.getuid()), "", time.time())
        add_user(store, User(_LOGIN, Role.ADMIN), kept, signature)


def _fill(found: config.Config, samples: Path) -> None:
    """Bring the database up to date; import unless it has been filled before."""
    url = found.database.url
    upgrade(url)
    directory = stored_directory(url)
    if directory.units:
        return
    actor = local_actor(os.getuid())
    given = read_units((samples / "units.csv").read_bytes(), directory.provinces)
    import_units(url, given, Signature(actor, "units.csv", time.time()))
    directory = stored_directory(url)
    officers = read_officers(
        (samples / "officers.csv").read_bytes(),
        directory,
        found.centre.country,
    )
    import_officers(url, officers, Signature(actor, "officers.csv", time.time()))


def _samples() -> Path:
    for folder in _SAMPLES:
        if (folder / "smscentre.toml").is_file():
            return folder
    raise DemoError("the sample files of the demo are not installed")


def _port_like(usual: int) -> int:
    """The usual port if it is free, else any that is."""
    for port in (usual, 0):
        with socket.socket() as probe:
            # As the listener will: one that has just been left counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise DemoError("no TCP port is free on 127.0.0.1")


@contextmanager
def _only_one(directory: Path) -> Iterator[int]:
    """Hold a lock that the children keep too, so that none is left unseen."""
    with (directory / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoError(f"a demo runs in {directory} already") from error
        yield file.fileno()


def _start_carrier(demo: Demo, lock: int) -> _Child:
    listen = f"--listen=tcp:{demo.smsc_port}:interface=127.0.0.1"
    return _start_peer(["smsc", listen, f"--password-file={demo.password}"], lock)


def _start_modem(demo: Demo, lock: int) -> _Child:
    return _start_peer(["modem", f"--link={demo.modem}"], lock)


def _start_peer(arguments: list[str], lock: int) -> _Child:
    """Start a simulator; it has this process's output, and its input from us."""
    return subprocess.Popen(
        [sys.executable, "-m", "smscentre.cli", "sim", *arguments],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        bufsize=0,
        pass_fds=(lock,),
        # Ctrl-C reaches this process only, which stops its children in order.
        start_new_session=True,
    )


def _start_centre(demo: Demo, lock: int) -> _Child:
    command = [sys.executable, "-c", _TWISTD, "--nodaemon", "--pidfile="]
    command += ["smscentre", "--config", str(demo.config)]
    with demo.log.open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
            start_new_session=True,
        )


def _pass_on_input(carrier: _Child, modem: _Child) -> None:
    """Hand each line that is typed to the carrier, or to the modem if it says so."""
    if _may_read():
        Thread(target=_pass_on, args=(carrier, modem), daemon=True).start()


def _pass_on(carrier: _Child, modem: _Child) -> None:
    """Read to the end; not by ``sys.stdin``, whose lock outlives the process."""
    rest = b""
    while chunk := os.read(_STDIN, _CHUNK_OCTETS):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            start, colon, text = line.partition(b":")
            by_modem = bool(colon) and start.strip() == _BY_MODEM
            peer, said = (modem, text) if by_modem else (carrier, line)
            try:
                _input_of(peer).write(said.strip() + b"\n")
            except OSError:
                # It has ended, and so will the demo.
                return


def _input_of(child: _Child) -> IO[bytes]:
    assert child.stdin is not None
    return child.stdin


def _may_read() -> bool:
    """Whether the standard input is for us: not a terminal that a shell uses."""
    stdin = sys.__stdin__
    if stdin is None or stdin.closed:
        return False
    return not stdin.isatty() or os.tcgetpgrp(stdin.fileno()) == os.getpgrp()


def _wait_ready(demo: Demo, children: dict[str, _Child], stopping: Event) -> bool:
    """Wait until the store writes and both links are up; False if stopped before."""
    deadline = time.monotonic() + _READY_S
    while not stopping.wait(_TICK_S):
        _check_alive(demo, children)
        metrics = _page(demo, "metrics") or ""
        if _page(demo, "readyz") and all(line in metrics for line in _BOUND):
            return True
        if time.monotonic() > deadline:
            raise DemoError(f"not ready after {_READY_S:g} s:\n{_tail(demo.log)}")
    return False


def _page(demo: Demo, name: str) -> str | None:
    """A page of the centre's monitor; None unless it is there and good."""
    url = f"http://127.0.0.1:{demo.monitor_port}/{name}"
    try:
        with urllib.request.urlopen(url, timeout=2) as page:
            text: str = page.read().decode()
            return text
    except OSError:
        return None


def _check_alive(demo: Demo, children: dict[str, _Child]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            status = f"the {name} ended with status {child.returncode}"
            tail = f":\n{_tail(demo.log)}" if name == "centre" else ""
            raise DemoError(status + tail)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-_LOG_TAIL:]


def _welcome(demo: Demo) -> list[str]:
    command = Path(sys.argv[0])
    program = command if command.name == "smscentre" else "smscentre"
    return [
        "",
        f"The centre runs. Pages: http://127.0.0.1:{demo.web_port}/",
        f"Log in as {_LOGIN} with password {demo.login.read_text().strip()}",
        "",
        "Text it from another terminal:",
        f'  {program} --config {_shown(demo.config)} text {_OFFICER} "{_TEXT}"',
        "or by a line typed here, over the simulated carrier:",
        f"  {_OFFICER} {_TEXT}",
        "or over the simulated modem:",
        f"  modem: {_OFFICER} {_TEXT}",
        "",
        f"Log: {_shown(demo.log)}. Stop with Ctrl-C; what is stored stays.",
        "",
    ]


def _shown(path: Path) -> Path:
    """A path as it can be typed here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _stop_by_signal() -> Event:
    """An event that SIGINT and SIGTERM set."""
    stopping = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _end(child: _Child) -> None:
    """Stop a child as systemd would."""
    child.terminate()
    try:
        child.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
