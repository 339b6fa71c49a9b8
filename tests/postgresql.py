"""A PostgreSQL server of the tests' own, in a temporary directory on a unix socket.

Made with the binaries that the system has, as the account ``postgres`` where the
tests run as root, and ended with the process. Each test gets a database of its own.
"""

from __future__ import annotations

__all__ = ["MISSING", "Server", "new_server", "own_database", "server"]

import atexit
import os
import pwd
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import NullPool, create_engine, make_url
from twisted.trial.unittest import SynchronousTestCase

_VERSIONS = Path("/usr/lib/postgresql")
_MEMORY = Path("/dev/shm")
_ENOUGH_OCTETS = 4 * 2**30
_ACCOUNT = "postgres"
_OLDEST = 15
_PATIENCE_S = "60"


def _binaries() -> Path | None:
    """The folder of the newest server that is installed."""
    found = [
        (int(path.name), path / "bin")
        for path in _VERSIONS.glob("*")
        if path.name.isdigit() and (path / "bin/initdb").exists()
    ]
    version, folder = max(found, default=(0, None))
    return folder if version >= _OLDEST else None


def _missing() -> str:
    """Why there is no server; empty where there can be one."""
    if _binaries() is None:
        return f"no PostgreSQL server of version {_OLDEST} or newer is installed"
    if find_spec("psycopg") is None:
        return "psycopg is not installed"
    if os.getuid() == 0:
        try:
            pwd.getpwnam(_ACCOUNT)
        except KeyError:
            return f"a server refuses root, and there is no account {_ACCOUNT}"
    return ""


MISSING = _missing()
"""The reason for which tests with PostgreSQL are skipped, empty where they run."""


class Server:
    """One running server; `database` makes a new empty database in it."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self._folder = folder
        self._binaries = binaries
        self._numbers = count(1)
        self._user = _ACCOUNT if os.getuid() == 0 else None

    def start(self, *settings: str) -> None:
        """Make the cluster if need be and start it.

        Settings are such as ``fsync=off``. Safe at the loss of power it need
        not be: it syncs, but its files go with the process.
        """
        data = self._folder / "data"
        if not data.exists():
            self._run("initdb", "--auth=trust", "--no-sync", "--encoding=UTF8", data)
        options = [f"-c {setting}" for setting in settings]
        options += ["-c listen_addresses=''", f"-k {self._folder}"]
        log = self._folder / "log"
        self._run(
            "pg_ctl", "-w", "-t", _PATIENCE_S, "-l", log, "-o", " ".join(options),
            "-D", data, "start",
        )  # fmt: skip

    def stop(self) -> None:
        """End the server at once; every connection is lost."""
        self._run(
            "pg_ctl", "-w", "-m", "immediate", "-D", self._folder / "data", "stop"
        )

    def remove(self) -> None:
        """End the server and delete its files."""
        if (self._folder / "data/postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def database(self, like: str = "") -> str:
        """The URL of a new database, empty or a copy of another one by its URL."""
        name = f"test_{next(self._numbers)}"
        template = (make_url(like).database if like else None) or "template0"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"postgresql+psycopg://{self._login}@/{name}?host={self._folder}"

    def drop(self, url: str) -> None:
        """Delete a database, whoever is connected to it."""
        name = make_url(url).database
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    @property
    def _login(self) -> str:
        return self._user or pwd.getpwuid(os.getuid()).pw_name

    def _execute(self, statement: str) -> None:
        """Do something to whole databases."""
        engine = create_engine(
            f"postgresql+psycopg://{self._login}@/postgres?host={self._folder}",
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _run(self, program: str, *arguments: str | Path) -> None:
        """Run one of the server's programs.

        :raises CalledProcessError: with what it printed
        """
        subprocess.run(
            [self._binaries / program, *arguments],
            check=True,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            # The server inherits these: a pipe would never be closed.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _memory() -> Path | None:
    """A file system in memory, where a test need not wait for any disk."""
    large = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_OCTETS
    return _MEMORY if large else None


def new_server() -> Server:
    """A server that is not started and belongs to one test. Not where `MISSING`."""
    binaries = _binaries()
    assert binaries is not None, MISSING
    # Short: the path of a unix socket has some hundred characters at most.
    folder = Path(mkdtemp(prefix="pg-", dir=_memory()))
    if os.getuid() == 0:
        shutil.chown(folder, _ACCOUNT, _ACCOUNT)
    return Server(folder, binaries)


@cache
def server() -> Server:
    """The server that all tests of this process share. Not where `MISSING`."""
    made = new_server()
    atexit.register(made.remove)
    made.start()
    return made


def own_database(test: SynchronousTestCase, like: str = "") -> str:
    """The URL of a new database of the shared server, until the end of a test.

    Empty, or a copy of another one by its URL.
    """
    url = server().database(like)
    test.addCleanup(server().drop, url)
    return url
