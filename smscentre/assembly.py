"""From sections of the configuration to the settings of each stage. Pure."""

from __future__ import annotations

__all__ = [
    "answering_settings",
    "acceptance_settings",
    "command_rules",
    "deadline_schedule",
    "limits",
    "link_windows",
    "metrics",
    "modem_connection",
    "outcomes",
    "part_styles",
    "receipt_marks",
    "reminding",
    "round_settings",
    "routes",
    "siblings",
    "smpp_connection",
    "smpp_link",
]

import random
import time
from collections.abc import Callable
from typing import Any

from attrs import evolve
from twisted.internet.interfaces import IReactorTime, IStreamClientEndpoint

from smscentre import __version__
from smscentre.at.duties import SessionOptions as ModemSessionOptions
from smscentre.commands import forms, notices, replies
from smscentre.commands.asker import Rules
from smscentre.composing import PartStyle
from smscentre.config import Config
from smscentre.deadlines.calendar import Calendar
from smscentre.deadlines.schedule import Schedule
from smscentre.inbox.acceptance import AcceptanceSettings
from smscentre.inbox.admission import ANSWERS, SILENCES
from smscentre.inbox.answering import Answering, AnsweringSettings
from smscentre.inbox.limits import ReplyLimits
from smscentre.interfaces import Deliveries
from smscentre.links.endpoints import smpp_endpoint
from smscentre.links.modem import ModemLink, ModemOptions
from smscentre.links.modem_aid import ModemHelper
from smscentre.links.modem_care import ModemObserver
from smscentre.links.modem_message import centre_octets
from smscentre.links.pair import pair_dialler
from smscentre.links.pinfile import RefusedPins
from smscentre.links.reconnect import Dial, Reconnecting, dialler
from smscentre.links.serialport import SerialEndpoint
from smscentre.links.smpp import SmppLink, SmppObserver, SmppOptions
from smscentre.messages import Address
from smscentre.metrics import Metrics
from smscentre.outbox.routing import Route, Routes
from smscentre.outbox.stage import Outbox
from smscentre.reminding.rounds import Rounds, RoundSettings
from smscentre.reminding.stage import ReminderObserver, Reminding
from smscentre.sections import ModemConfig, SmppConfig
from smscentre.smpp.message import SubmitStyle
from smscentre.smpp.pdus import BindMode
from smscentre.smpp.receipt import id_forms
from smscentre.smpp.session import SessionOptions
from smscentre.store.receipts import Marks
from smscentre.store.writer import Writer
from smscentre.web.status import LimitStatus

_DEVICE_AGAIN_S = 10.0
"""The longest wait for a serial device, which costs nobody anything to look for."""

_VERSIONS = {"3.3": 0x33, "3.4": 0x34, "5.0": 0x50}

_MODES = {
    "transceiver": BindMode.TRANSCEIVER,
    "transmitter": BindMode.TRANSMITTER,
    "receiver": BindMode.RECEIVER,
    # The other half of a pair knows itself.
    "pair": BindMode.TRANSMITTER,
}


def part_styles(config: Config) -> dict[str, PartStyle]:
    """How each link carries long messages."""
    found = {
        link.name: PartStyle(
            link.reference_bits,
            link.max_parts,
            link.long_messages == "payload",
            link.alphabet,
        )
        for link in config.smpp
    }
    found.update((link.name, PartStyle()) for link in config.modem)
    return found


def link_windows(config: Config) -> dict[str, tuple[str, int]]:
    """Kind and window of each link; 0 where there is no limit."""
    found = {link.name: ("smpp", link.window) for link in config.smpp}
    found.update((link.name, ("modem", 1)) for link in config.modem)
    found.update((link.name, ("phone", 0)) for link in config.phone)
    return found


def routes(config: Config) -> Routes:
    """Which links may carry other links' replies, in which order."""
    found = {
        link.name: Route(
            link.reroute,
            link.priority,
            whole=link.long_messages == "payload",
            sends=link.bind != "receiver",
            prefixes=link.prefixes,
            source=link.address,
        )
        for link in config.smpp
    }
    found |= {
        link.name: Route(
            link.reroute, link.priority, prefixes=link.prefixes, source=link.number
        )
        for link in config.modem
    }
    found.update(
        (link.name, Route(False, 0, replies_only=True)) for link in config.phone
    )
    return Routes(found)


def siblings(config: Config) -> dict[str, tuple[str, ...]]:
    """The links that share each link's account, by whichever hosts: one carrier.

    What it lost on one of them it may bring again by another, receipts too.
    """
    accounts: dict[tuple[str, str], list[str]] = {}
    for link in config.smpp:
        accounts.setdefault((link.system_id, link.address), []).append(link.name)
    return {name: tuple(names) for names in accounts.values() for name in names}


def receipt_marks(config: Config) -> Callable[[str, str], Marks]:
    """By what a link's receipts may name a part."""
    dialects = {link.name: link.receipt_ids for link in config.smpp}
    links = siblings(config)

    def marks(link: str, smsc_id: str) -> Marks:
        keys = id_forms(smsc_id, dialects.get(link, "same")) if smsc_id else ()
        return Marks(links.get(link, (link,)), keys)

    return marks


def deadline_schedule(config: Config) -> Schedule:
    """By when which forms are due."""
    reminders = config.reminders
    return Schedule(
        {
            form: (forms.KIND_OF[form], deadline.moments)
            for deadline in config.deadline
            for form in deadline.forms
        },
        Calendar(reminders.days == "working", reminders.holidays),
        reminders.lead_minutes * 60.0,
        reminders.digest,
    )


def command_rules(config: Config) -> Rules:
    """What commands need to know."""
    section = config.centre
    rules = Rules(section.backfill_days, section.timezone, section.plausibility)
    due = tuple(form for deadline in config.deadline for form in deadline.forms)
    return evolve(rules, daily_forms=due) if due else rules


def round_settings(config: Config) -> RoundSettings:
    """What reminders and digests need to know."""
    return RoundSettings(
        deadline_schedule(config),
        config.reminders.digest_role,
        forms.FIELDS,
        forms.KIND_OF,
        part_styles(config),
        routes(config).choose,
        notices.reminder_text,
        notices.digest_text,
    )


def reminding(
    config: Config,
    writer: Writer,
    outbox: Outbox,
    answering: Answering,
    reactor: Any,
    observer: ReminderObserver,
) -> Reminding:
    """What reminds of deadlines; of none where that is off."""
    settings = round_settings(config)
    rounds = Rounds(settings, time.time, answering.count)
    return Reminding(
        settings.schedule if config.reminders.enabled else Schedule({}),
        rounds,
        writer,
        outbox,
        reactor,
        time.time,
        observer,
    )


def outcomes() -> tuple[str, ...]:
    """Every name by which what a command decided is counted."""
    return tuple(dict.fromkeys((*sorted(ANSWERS), *replies.TEXTS)))


def metrics(config: Config) -> Metrics:
    """What is counted, every series of this configuration in it."""
    return Metrics(
        __version__,
        config.link_names,
        outcomes(),
        SILENCES,
        [link.name for link in config.modem],
    )


def limits(config: Config, used: int | None) -> list[LimitStatus]:
    """The limits of replies, and how much of the centre's day is used."""
    given = config.limits
    per_sender = (given.sender_per_minute, "minute"), (given.sender_per_day, "day")
    return [
        LimitStatus("sender_limit", per_sender),
        LimitStatus("destination_limit", ((given.destination_per_hour, "hour"),)),
        LimitStatus("unknown_limit", ((given.unknown_replies_per_day, "day"),)),
        LimitStatus("centre_limit", ((given.centre_per_day, "day"),), used),
    ]


def answering_settings(config: Config) -> AnsweringSettings:
    """What replies need to know."""
    limits = config.limits
    return AnsweringSettings(
        config.centre.timezone,
        part_styles(config),
        config.outbox.reply_expires_s,
        ReplyLimits(
            limits.sender_per_minute,
            limits.sender_per_day,
            limits.destination_per_hour,
            limits.unknown_replies_per_day,
            limits.centre_per_day,
        ),
        replies.quotes_own_reply,
        frozenset(link.name for link in config.phone),
    )


def acceptance_settings(config: Config) -> AcceptanceSettings:
    """What the acceptance of arrivals needs to know."""
    return AcceptanceSettings(
        country=config.centre.country,
        own_numbers=config.own_numbers,
        apology=replies.TEXTS["failed"],
        parts_lost=replies.TEXTS["parts"],
        is_own_reply=replies.is_own_reply,
        fields=forms.FIELDS,
        kinds=forms.KIND_OF,
        receipt_marks=receipt_marks(config),
        dry_runs=frozenset(link.name for link in config.phone if not link.writes),
        siblings=siblings(config),
        reads_before=config.centre.plausibility != "off",
    )


def smpp_link(
    section: SmppConfig,
    deliveries: Deliveries,
    clock: IReactorTime,
    wall_clock: Callable[[], float],
    observer: SmppObserver,
) -> SmppLink:
    """The link that a section describes."""
    session_options = SessionOptions(
        system_id=section.system_id,
        password=section.password.reveal(),
        system_type=section.system_type,
        interface_version=_VERSIONS[section.interface_version],
        mode=_MODES[section.bind],
        address_range=section.address_range,
        # They are the range's: without one there is nothing to be read by them.
        addr_ton=section.source_ton if section.address_range else 0,
        addr_npi=section.source_npi if section.address_range else 0,
        window=section.window,
        enquire_link_s=section.enquire_link_s,
        response_s=section.response_s,
    )
    options = SmppOptions(
        style=SubmitStyle(
            Address(section.address, section.source_ton, section.source_npi),
            section.long_messages,
            section.alphabet,
            section.receipts,
        ),
        dest_ton=section.dest_ton,
        dest_npi=section.dest_npi,
        validity_s=section.validity_s,
        busy_status=section.busy_status,
        rate=section.rate,
    )
    return SmppLink(
        section.name,
        session_options,
        options,
        deliveries,
        clock,
        wall_clock,
        observer,
    )


def _smpp_dial(section: SmppConfig, link: SmppLink, reactor: Any) -> Dial:
    """How the link that a section describes is connected.

    :raises AuthorityError: ``ca_file`` holds no certificate
    """

    def endpoint(host: str, port: int) -> IStreamClientEndpoint:
        return smpp_endpoint(
            reactor,
            host,
            port,
            timeout_s=section.connect_timeout_s,
            tls=section.tls,
            ca_file=section.ca_file,
        )

    first = endpoint(section.host, section.port)
    if section.bind != "pair":
        return dialler(first, link.build)
    second = endpoint(
        section.receiver_host or section.host, section.receiver_port or section.port
    )
    return pair_dialler(first, lambda: link.build_pair(second))


def smpp_connection(
    section: SmppConfig, deliveries: Deliveries, reactor: Any, observer: SmppObserver
) -> tuple[SmppLink, Reconnecting]:
    """The link that a section describes, and what keeps it connected.

    :raises AuthorityError: ``ca_file`` holds no certificate
    """
    link = smpp_link(section, deliveries, reactor, time.time, observer)
    dial = _smpp_dial(section, link, reactor)
    return link, Reconnecting(link.name, dial, reactor, random.random)


def modem_connection(
    section: ModemConfig,
    deliveries: Deliveries,
    reactor: Any,
    observer: ModemObserver,
    refused: RefusedPins,
) -> tuple[ModemLink, Reconnecting]:
    """The modem that a section describes, and what keeps its line open."""
    pin_file = None if section.pin_file is None else section.pin_file.path
    aid = ModemHelper(
        reactor, section.name, section.device, pin_file, refused, section.hook
    )
    options = ModemOptions(
        section.number,
        centre_octets(section.smsc),
        section.rate,
        section.receipts,
    )
    link = ModemLink(
        section.name,
        ModemSessionOptions(section.storage),
        options,
        deliveries,
        reactor,
        time.time,
        observer,
        aid,
    )
    line = SerialEndpoint(reactor, section.device, section.baud)
    return link, Reconnecting(
        link.name,
        dialler(line, link.build),
        reactor,
        random.random,
        _DEVICE_AGAIN_S,
        link.unopened,
    )
