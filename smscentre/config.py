"""The whole configuration as one frozen, typed object, read once at the start.

`load` is the edge: behind it every value has its type and keeps its limits, and
secrets are masked. Each stage gets its own section. It knows no reactor, opens
no link and no database.
"""

from __future__ import annotations

__all__ = [
    "CentreConfig",
    "Config",
    "DatabaseConfig",
    "DeadlineConfig",
    "LimitsConfig",
    "LogConfig",
    "ModemConfig",
    "MonitorConfig",
    "NodeConfig",
    "OutboxConfig",
    "PhoneConfig",
    "ProceduresConfig",
    "RemindersConfig",
    "Secret",
    "SecretFile",
    "SmppConfig",
    "WebConfig",
    "load",
    "masked_url",
]

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import phonenumbers
from attrs import evolve, field, frozen
from cattrs import BaseValidationError

from smscentre.errors import ConfigError, Problem
from smscentre.numbers import NumberError, parse_number
from smscentre.reminder_sections import (
    DeadlineConfig,
    RemindersConfig,
    deadline_problems,
    holiday_problems,
    read_holidays,
)
from smscentre.sections import (
    ApiConfig,
    CentreConfig,
    DatabaseConfig,
    LimitsConfig,
    LogConfig,
    ModemConfig,
    MonitorConfig,
    NodeConfig,
    OutboxConfig,
    PhoneConfig,
    ProceduresConfig,
    SmppConfig,
    WebConfig,
    listening_at,
    masked_url,
)
from smscentre.structuring import Secret, SecretFile, find_problems, strict_converter

_COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)
_LINK_KINDS = ("smpp", "modem", "phone")
_SYNTAX_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_URL_PASSWORD = re.compile(r"://[^/@]*:[^@]+@|[?&]password=.")
_FOR_OTHERS = 0o077

_Tree = dict[str, Any]


@frozen
class Config:
    """The configuration of one node; ``path`` is the file it came from."""

    centre: CentreConfig
    node: NodeConfig = field(factory=NodeConfig)
    database: DatabaseConfig = field(factory=DatabaseConfig)
    outbox: OutboxConfig = field(factory=OutboxConfig)
    limits: LimitsConfig = field(factory=LimitsConfig)
    web: WebConfig = field(factory=WebConfig)
    api: ApiConfig = field(factory=ApiConfig)
    monitor: MonitorConfig = field(factory=MonitorConfig)
    smpp: tuple[SmppConfig, ...] = ()
    modem: tuple[ModemConfig, ...] = ()
    phone: tuple[PhoneConfig, ...] = ()
    reminders: RemindersConfig = field(factory=RemindersConfig)
    deadline: tuple[DeadlineConfig, ...] = ()
    procedures: ProceduresConfig = field(factory=ProceduresConfig)
    log: LogConfig = field(factory=LogConfig)
    path: Path = field(default=Path(), metadata={"key": False})

    @property
    def link_names(self) -> tuple[str, ...]:
        """The names of all links, in the order of the file's kinds."""
        links: tuple[SmppConfig | ModemConfig | PhoneConfig, ...]
        links = (*self.smpp, *self.modem, *self.phone)
        return tuple(link.name for link in links)

    @property
    def own_numbers(self) -> frozenset[str]:
        """The centre's numbers in E.164, which are never answered."""
        country = self.centre.country
        texts = [
            self.centre.number,
            *(link.address for link in self.smpp),
            *(link.number for link in self.modem),
        ]
        return frozenset(filter(None, (_e164(text, country) for text in texts)))


def load(path: Path) -> Config:
    """Read a configuration file and the files with secrets that it names.

    :raises ConfigError: with every problem found, not only the first.
    """
    path = path.absolute()
    tree = _read(path)
    problems = [
        *_repeated_names(tree),
        *_misfits(tree),
        *_mute_links(tree),
        *_shared_ports(tree),
        *_shared_devices(tree),
        *_bad_numbers(tree),
        *_open_secrets(tree, path),
        *deadline_problems(tree),
        *holiday_problems(tree, path.parent),
    ]
    _prepare(tree, path.parent)
    try:
        config = strict_converter(path.parent).structure(tree, Config)
    except BaseValidationError as error:
        raise ConfigError(str(path), find_problems(error, tree) + problems) from error
    if problems:
        raise ConfigError(str(path), problems)
    return _completed(config, path)


def _read(path: Path) -> _Tree:
    """Parse the file, without judging it."""
    try:
        return tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        rule = f"cannot be read: {error.strerror}; --config FILE names another"
        problem = Problem("file", "", rule)
    except UnicodeDecodeError as error:
        problem = Problem("file", "", f"is not UTF-8 at octet {error.start}")
    except tomllib.TOMLDecodeError as error:
        text = str(error)
        place = _SYNTAX_PLACE.search(text)
        where = f"line {place[1]}" if place and place[1] else "end of file"
        problem = Problem(where, "", f"is not TOML: {_SYNTAX_PLACE.sub('', text)}")
    raise ConfigError(str(path), [problem])


def _prepare(tree: _Tree, folder: Path) -> None:
    """Fill in what the types cannot say, so that each fault is found once."""
    # Without [centre] it is its number that is missing.
    tree.setdefault("centre", {})
    # `_misfits` has told of a bind with no password at all.
    for _, block in _blocks(tree, "smpp"):
        block.setdefault("password", "")
    url = _database_url(tree)
    if re.match("sqlite:///[^/?:]", url):
        file = folder / url.removeprefix("sqlite:///")
        tree["database"]["url"] = f"sqlite:///{file}"


def _database_url(tree: _Tree) -> str:
    """The database's URL as it is written, empty where it is no text."""
    database = tree.get("database")
    url = database.get("url") if isinstance(database, dict) else None
    return url if isinstance(url, str) else ""


def _completed(config: Config, path: Path) -> Config:
    """Put secrets and folders in their place, once all is known to be right."""
    reminders = config.reminders
    if reminders.holidays_file is not None:
        days = read_holidays(reminders.holidays_file)
        reminders = evolve(reminders, holidays=days)
    return evolve(
        config,
        path=path,
        reminders=reminders,
        smpp=tuple(
            evolve(link, password=link.password_file.secret)
            if link.password_file
            else link
            for link in config.smpp
        ),
        procedures=ProceduresConfig(path.parent / config.procedures.directory),
    )


def _blocks(tree: _Tree, kind: str) -> Iterator[tuple[str, _Tree]]:
    """The blocks of one kind of link that are tables, each with its place."""
    blocks = tree.get(kind)
    if not isinstance(blocks, list):
        return
    for index, block in enumerate(blocks):
        if isinstance(block, dict):
            name = block.get("name")
            yield f"{kind}[{name if isinstance(name, str) else index}]", block


def _repeated_names(tree: _Tree) -> Iterator[Problem]:
    """Names that two links share, of one kind or of two."""
    seen: dict[Any, str] = {}
    for kind in _LINK_KINDS:
        for index, block in enumerate(block for _, block in _blocks(tree, kind)):
            name = block.get("name")
            place = f"{kind}[{index}]"
            if isinstance(name, str) and seen.setdefault(name, place) != place:
                rule = f"is also the name of {seen[name]}; give each link its own"
                yield Problem(f"{place}.name", f'"{name}"', rule)


def _misfits(tree: _Tree) -> Iterator[Problem]:
    """Keys of a bind that are right one by one but do not go together."""
    for where, block in _blocks(tree, "smpp"):
        in_a_file = bool(block.get("password_file"))
        if ("password" in block) == in_a_file:
            found = "both" if in_a_file else "neither"
            rule = f"give either password or password_file, not {found}"
            yield Problem(f"{where}.password", "", rule)
        if block.get("ca_file") and block.get("tls") is not True:
            yield Problem(f"{where}.ca_file", "", "needs tls = true")
        if block.get("interface_version") == "3.3":
            long_messages = block.get("long_messages", "udh")
            if long_messages in ("sar", "payload"):
                rule = 'needs TLVs, which SMPP 3.3 has not; use "udh"'
                yield Problem(f"{where}.long_messages", f'"{long_messages}"', rule)
        for key in ("receiver_host", "receiver_port"):
            if block.get(key) and block.get("bind") != "pair":
                yield Problem(f"{where}.{key}", "", 'needs bind = "pair"')


def _mute_links(tree: _Tree) -> Iterator[Problem]:
    """Links that only receive, beside none that may carry their replies (D10)."""
    blocks = list(_blocks(tree, "smpp"))
    carriers = [
        block
        for _, block in [*blocks, *_blocks(tree, "modem")]
        if block.get("bind") != "receiver" and block.get("reroute") is not False
    ]
    whole = [block for block in carriers if _is_whole(block)]
    for where, block in blocks:
        if block.get("bind") != "receiver":
            continue
        if not (whole if _is_whole(block) else carriers):
            kind = 'long_messages = "payload" and ' if _is_whole(block) else ""
            rule = (
                "needs another link that sends, with "
                f"{kind}reroute = true, or its messages would never be answered"
            )
            yield Problem(f"{where}.bind", '"receiver"', rule)


def _is_whole(block: _Tree) -> bool:
    return block.get("long_messages") == "payload"


def _shared_ports(tree: _Tree) -> Iterator[Problem]:
    """Pages and monitor that would listen on one and the same port."""
    defaults = {"web": WebConfig().listen, "monitor": MonitorConfig().listen}
    found = []
    for section, default in defaults.items():
        table = tree.get(section, {})
        listen = table.get("listen", default) if isinstance(table, dict) else None
        found.append(listening_at(listen) if isinstance(listen, str) else None)
    web, monitor = found
    if web is None or monitor is None or not web[1] or web[1] != monitor[1]:
        return
    if "" in (web[0], monitor[0]) or web[0] == monitor[0]:
        rule = "is also the port of web.listen; give each its own"
        yield Problem("monitor.listen", str(monitor[1]), rule)


def _shared_devices(tree: _Tree) -> Iterator[Problem]:
    """Modems on one serial line, also where a link of the file system leads to it."""
    seen: dict[str, str] = {}
    for index, (_, block) in enumerate(_blocks(tree, "modem")):
        device = block.get("device")
        if not isinstance(device, str) or not device.startswith("/"):
            continue
        place = f"modem[{index}]"
        other = seen.setdefault(os.path.realpath(device), place)
        if other != place:
            rule = f"is also the device of {other}; give each modem its own"
            yield Problem(f"{place}.device", f'"{device}"', rule)


def _open_secrets(tree: _Tree, path: Path) -> Iterator[Problem]:
    """Secrets in a configuration file that others may read."""
    secrets = [where for where, block in _blocks(tree, "smpp") if block.get("password")]
    holders = [f"{where}.password" for where in secrets]
    if _URL_PASSWORD.search(_database_url(tree)):
        holders.append("database.url")
    mode = path.stat().st_mode
    if mode & _FOR_OTHERS:
        rule = f"is in a file that others may read; run: chmod 600 {path}"
        for where in holders:
            yield Problem(where, f"mode {mode & 0o777:04o}", rule)


def _bad_numbers(tree: _Tree) -> Iterator[Problem]:
    """Numbers that cannot be dialled from the centre's country."""
    centre = tree.get("centre")
    blocks = [("centre", centre)] if isinstance(centre, dict) else []
    country = blocks[0][1].get("country", "ID") if blocks else "ID"
    if not isinstance(country, str) or country not in _COUNTRIES:
        return
    for where, block in [*blocks, *_blocks(tree, "modem")]:
        number = block.get("number")
        if isinstance(number, str) and _e164(number, country) is None:
            rule = "must be a telephone number, as dialled from the country or with +"
            yield Problem(f"{where}.number", f'"{number}"', rule)


def _e164(text: str, country: str) -> str | None:
    try:
        return parse_number(text, country)
    except NumberError:
        return None
