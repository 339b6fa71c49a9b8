"""The sections of the configuration: every key with its type, limits and default.

Beneath `config`, which reads them from a file and checks what goes beyond one
key. An object made without the file is not checked.
"""

from __future__ import annotations

__all__ = [
    "ApiConfig",
    "CentreConfig",
    "DatabaseConfig",
    "LimitsConfig",
    "LogConfig",
    "ModemConfig",
    "MonitorConfig",
    "NodeConfig",
    "OutboxConfig",
    "PhoneConfig",
    "PinFile",
    "ProceduresConfig",
    "SmppConfig",
    "WebConfig",
    "listening_at",
    "masked_url",
]

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import phonenumbers
from attrs import field, frozen
from cryptography import x509

from smscentre.structuring import Rule, Secret, SecretFile

_DAY_S = 86_400
_DATABASE = re.compile(r"sqlite:///[^?]+|postgresql\+psycopg://.+")
_ENDPOINT = re.compile(r"(tcp6?|ssl):(port=)?(?P<port>\d+)(:\w+=.+)?|(unix|systemd):.+")
_INTERFACE = re.compile(r"(?<!\\):interface=((?:[^\\:]|\\.)*)")
_ESCAPED = re.compile(r"\\(.)")
_LAST_PORT = 65_535
_CREDENTIALS = re.compile(r"(?<=://)[^@]*@|(?<=password=)[^&]+")


def masked_url(url: str) -> str:
    """A database URL without its user and password."""
    return _CREDENTIALS.sub(
        lambda found: "***@" if found[0].endswith("@") else "***", url
    )


def _between(least: float, most: float, unit: str = "") -> Rule:
    words = f"from {least} to {most} {unit}".rstrip()
    return Rule(lambda value: least <= value <= most, words)


def _matching(pattern: str, words: str) -> Rule:
    compiled = re.compile(pattern)
    return Rule(lambda value: compiled.fullmatch(value) is not None, words)


def _fits(text: str, most: int) -> bool:
    return text.isascii() and text.isprintable() and len(text) <= most


def _octets(most: int) -> Rule:
    words = f"at most {most} ASCII characters"
    return Rule(lambda text: _fits(text, most), words)


_GIVEN = Rule(lambda text: bool(text.strip()), "given, as the carrier told it")

_Port = Annotated[int, _between(1, _LAST_PORT)]
_Name = Annotated[
    str,
    _matching("[a-z0-9-]{1,32}", "1 to 32 of small letters, digits and hyphens"),
]
_Host = Annotated[str, _matching(r"[A-Za-z0-9._:-]+", "a host name or an address")]
_Ton = Annotated[int, _between(0, 6)]
_Npi = Annotated[int, _between(0, 18)]
_Limit = Annotated[int, _between(0, 1_000_000_000, "(0: no limit)")]
_Rate = Annotated[float, _between(0, 100_000, "a second (0: no limit)")]
_Prefixes = tuple[
    Annotated[str, _matching(r"\+[0-9]{1,15}", "a prefix such as +62811")], ...
]
_Priority = Annotated[int, _between(0, 1000)]


def listening_at(endpoint: str) -> tuple[str, int] | None:
    """Interface and port of a Twisted endpoint; None where it has no port.

    An empty interface stands for all of them.
    """
    found = _ENDPOINT.fullmatch(endpoint)
    if found is None or found["port"] is None:
        return None
    named = _INTERFACE.search(endpoint)
    interface = _ESCAPED.sub(r"\1", named[1]) if named else ""
    return interface, int(found["port"])


def _is_endpoint(text: str) -> bool:
    """Check the form only: what cannot be bound shows when it is bound."""
    found = _ENDPOINT.fullmatch(text)
    return found is not None and int(found["port"] or 0) <= _LAST_PORT


def _is_on_an_address(text: str) -> bool:
    interface, _ = listening_at(text) or ("", 0)
    return _is_address_or_empty(interface)


def _is_address_or_empty(text: str) -> bool:
    try:
        return not text or bool(ip_address(text))
    except ValueError:
        return False


_Endpoint = Annotated[
    str,
    Rule(_is_endpoint, "a Twisted endpoint such as tcp:8080:interface=127.0.0.1"),
    Rule(_is_on_an_address, "an endpoint whose interface is an IP address"),
]


def _fits_bind(secret: Secret) -> bool:
    return _fits(secret.reveal(), 8)


# Source: SMPP 3.4 §4.1.1 (password: 9 octets with its NUL).
_PASSWORD = "at most 8 ASCII characters"
_Password = Annotated[Secret, Rule(_fits_bind, _PASSWORD, confidential=True)]
_PasswordFile = Annotated[
    SecretFile,
    Rule(lambda file: _fits_bind(file.secret), f"a file with {_PASSWORD}"),
]
PinFile = Annotated[
    SecretFile,
    Rule(
        lambda file: re.fullmatch("[0-9]{4,8}", file.secret.reveal()) is not None,
        "a file with a PIN of 4 to 8 digits",
    ),
]
_Authorities = Annotated[
    Path,
    Rule(
        lambda path: path.is_file() and _holds_certificates(path),
        "a file that exists, with the certificate of an authority in PEM form",
    ),
]
_Program = Annotated[
    Path,
    Rule(
        lambda path: path.is_file() and os.access(path, os.X_OK),
        "empty or a program that may be run",
    ),
]
_DatabaseURL = Annotated[
    str,
    Rule(
        lambda url: _DATABASE.fullmatch(url) is not None,
        "sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME",
        confidential=True,
    ),
]


def _holds_certificates(path: Path) -> bool:
    try:
        return bool(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError):
        return False


_Country = Annotated[
    str,
    Rule(lambda code: code in phonenumbers.SUPPORTED_REGIONS, "a country such as ID"),
]


@frozen
class CentreConfig:
    """What the centre is: the number officers text, its country and days.

    ``timezone`` is for senders without a unit, and for pages; ``plausibility``
    says what becomes of figures that look like a slip.
    """

    number: str
    country: _Country = "ID"
    timezone: ZoneInfo = field(factory=lambda: ZoneInfo("Asia/Jakarta"))
    backfill_days: Annotated[int, _between(0, 366, "days")] = 7
    plausibility: Literal["off", "flag", "confirm"] = "flag"


@frozen
class NodeConfig:
    """Which of the nodes this process is, and where its own files are."""

    name: _Name = "centre-1"
    data_dir: Path = Path("/var/lib/smscentre")


@frozen
class DatabaseConfig:
    """Where the store is, as a URL of SQLAlchemy."""

    url: _DatabaseURL = field(
        default="sqlite:////var/lib/smscentre/smscentre.db",
        repr=lambda url: repr(masked_url(url)),
    )


@frozen
class OutboxConfig:
    """How long a reply waits for its link, and at all; both in seconds."""

    reroute_after_s: Annotated[float, _between(0, 30 * _DAY_S, "s")] = 300.0
    reply_expires_s: Annotated[float, _between(1, 30 * _DAY_S, "s")] = 86_400.0


@frozen
class LimitsConfig:
    """How many replies go out; 0 is no limit."""

    sender_per_minute: _Limit = 30
    sender_per_day: _Limit = 300
    destination_per_hour: _Limit = 60
    unknown_replies_per_day: _Limit = 50
    public_per_number_per_day: _Limit = 5
    public_per_day: _Limit = 500
    centre_per_day: _Limit = 20_000


@frozen
class WebConfig:
    """Where the pages are served, and whether reports need a login.

    ``public_url`` is the address that browsers know, ``proxy`` the IP address of
    what stands in front; both are empty where nothing does.
    """

    listen: _Endpoint = "tcp:8080:interface=127.0.0.1"
    public_reports: bool = False
    public_url: Annotated[
        str,
        _matching(r"|https?://[A-Za-z0-9.:\[\]-]+", "empty or as https://sms.go.id"),
    ] = ""
    proxy: Annotated[str, Rule(_is_address_or_empty, "empty or an IP address")] = ""


@frozen
class ApiConfig:
    """What programs may do through the API; 0 is no limit.

    Both are of one token; the SMS are the parts that it sends in 24 hours.
    """

    requests_per_minute: _Limit = 120
    sms_per_day: _Limit = 1000


@frozen
class MonitorConfig:
    """Where ``/metrics``, ``/livez`` and ``/readyz`` are served."""

    listen: _Endpoint = "tcp:9108:interface=127.0.0.1"


@frozen
class SmppConfig:
    """One bind, or pair of binds, to a carrier's SMSC.

    ``password`` is always the secret itself; ``password_file`` tells where it
    came from. Lengths count without the closing NUL. ``rate`` is in PDUs a
    second.

    Source: SMPP 3.4 §4.1.1 (bind_transmitter), §5.2 (field definitions).
    """

    name: _Name
    host: _Host
    system_id: Annotated[str, _GIVEN, _octets(15)]
    password: _Password
    address: Annotated[str, _GIVEN, _octets(20)]
    port: _Port = 2775
    tls: bool = False
    ca_file: _Authorities | None = None
    connect_timeout_s: Annotated[float, _between(1, 300, "s")] = 10.0
    password_file: _PasswordFile | None = None
    system_type: Annotated[str, _octets(12)] = ""
    interface_version: Literal["3.3", "3.4", "5.0"] = "3.4"
    bind: Literal["transceiver", "transmitter", "receiver", "pair"] = "transceiver"
    receiver_host: _Host | None = None
    receiver_port: _Port | None = None
    source_ton: _Ton = 0
    source_npi: _Npi = 1
    dest_ton: _Ton = 1
    dest_npi: _Npi = 1
    address_range: Annotated[str, _octets(40)] = ""
    window: Annotated[int, _between(1, 1000)] = 10
    rate: _Rate = 0.0
    enquire_link_s: Annotated[float, _between(1, 3600, "s")] = 20.0
    response_s: Annotated[float, _between(1, 600, "s")] = 60.0
    alphabet: Literal["gsm7", "latin1", "ascii"] = "gsm7"
    long_messages: Literal["udh", "sar", "payload"] = "udh"
    reference_bits: Literal[8, 16] = 8
    max_parts: Annotated[int, _between(1, 255)] = 10
    validity_s: Annotated[int, _between(60, 30 * _DAY_S, "s")] = _DAY_S
    receipts: bool = True
    receipt_ids: Literal["auto", "same", "hex-in-response", "hex-in-receipt"] = "auto"
    busy_status: Annotated[int, _between(1, 0xFFFF_FFFF)] = 0x08
    priority: _Priority = 10
    prefixes: _Prefixes = ()
    reroute: bool = True


@frozen
class ModemConfig:
    """One GSM modem with its SIM. ``rate`` is in messages a second.

    An empty ``smsc`` leaves the SIM's own. ``hook`` is a program run when
    resets do not help.
    """

    name: _Name
    device: Annotated[str, _matching("/.+", "a path such as /dev/serial/by-id/...")]
    number: str
    baud: Annotated[int, _between(300, 4_000_000)] = 115_200
    pin_file: PinFile | None = None
    smsc: Annotated[str, _matching(r"|\+[0-9]{5,20}", "empty or as +62816124")] = ""
    storage: Literal["SM", "ME", "MT"] = "MT"
    rate: _Rate = 0.2
    receipts: bool = True
    hook: _Program | None = None
    priority: _Priority = 20
    prefixes: _Prefixes = ()
    reroute: bool = True


@frozen
class PhoneConfig:
    """An in-process test phone; a dry run unless it ``writes``."""

    name: _Name
    writes: bool = False


@frozen
class ProceduresConfig:
    """Where the files of the office procedures are."""

    directory: Path = Path("procedures")


@frozen
class LogConfig:
    """How the log is written, and from which level on."""

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warn", "error"] = "info"
