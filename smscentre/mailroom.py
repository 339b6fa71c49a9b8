"""What programs may do, of the configuration and the running outbox."""

from __future__ import annotations

__all__ = ["programs"]

from smscentre.assembly import part_styles, routes
from smscentre.config import Config
from smscentre.outbox.stage import Outbox
from smscentre.posting import Post
from smscentre.web.means import Programs


def programs(config: Config, outbox: Outbox) -> Programs:
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
