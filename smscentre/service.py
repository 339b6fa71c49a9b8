"""What pages and programs are handed of the running service.

Part of the assembly: it knows links, commands and pages, and joins them.
"""

from __future__ import annotations

__all__ = ["make_programs", "make_service"]

from collections.abc import Callable, Iterable

from twisted.internet.defer import Deferred

from smscentre.assembly import part_styles, routes
from smscentre.commands import forms
from smscentre.config import Config
from smscentre.guidebook import guide_pages
from smscentre.links.phone import PhoneLink
from smscentre.outbox.stage import Outbox
from smscentre.posting import Post
from smscentre.provinces import load as load_provinces
from smscentre.sim.ledger import FakeLedger
from smscentre.tracing import trace_style
from smscentre.web.means import Programs
from smscentre.web.service import Phone, Service


def make_service(
    config: Config, links: Iterable[object], queued: Callable[[str, int], None]
) -> Service:
    """What operators use; of the links the pages need the phones only."""
    writes = {phone.name: phone.writes for phone in config.phone}
    guide = guide_pages(
        load_provinces(),
        lambda directory: FakeLedger(directory, forms.FIELDS, forms.KIND_OF),
    )
    return Service(
        trace_style(config),
        config.centre.country,
        config.centre.number,
        tuple(
            _phone(link, writes[link.name])
            for link in links
            if isinstance(link, PhoneLink)
        ),
        guide,
        config.outbox.reply_expires_s,
        queued,
    )


def make_programs(config: Config, outbox: Outbox) -> Programs:
    """The limits of programs, and how they send."""
    links = routes(config)
    post = Post(
        choose=lambda number: links.choose(number, outbox.standing()),
        styles=part_styles(config),
        queued=outbox.queued,
        own_numbers=config.own_numbers,
        expires_s=config.outbox.reply_expires_s,
        sms_per_day=config.api.sms_per_day,
        per_number_hour=config.limits.destination_per_hour,
    )
    return Programs(config.api.requests_per_minute, post)


def _phone(link: PhoneLink, writes: bool) -> Phone:
    async def ask(number: str, text: str) -> tuple[str, list[str]]:
        answered = await link.ask(number, text)
        return answered.arrival_id, answered.replies

    return Phone(
        link.name,
        writes,
        lambda number, text: Deferred.fromCoroutine(ask(number, text)),
    )
