"""Pages made of values: the templates, and what all of them are given.

Everything that a template shows is escaped, and nothing of it unseen. Which page
shows what is the business of the areas.
"""

from __future__ import annotations

__all__ = ["Pages", "environment", "moments_of"]

import datetime
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from smscentre.guide import spans
from smscentre.web import adminwords, figurewords, gatewaywords, wording
from smscentre.web.inert import inert_lines, visible
from smscentre.web.means import Means
from smscentre.web.navigation import entries_for
from smscentre.web.routes import Page, Trouble, Visit

_TEMPLATES = Path(__file__).parent / "templates"

_CSRF_FIELD = Markup('<input type="hidden" name="csrf" value="{}">')


def _seen(value: Any) -> Any:
    """What a template shows, without what nobody sees; markup is ours."""
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return inert_lines(value) if is_text else value


def environment() -> Environment:
    """The templates with their filters; all that they show is escaped."""
    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=_seen,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(wording.FILTERS)
    templates.filters.update(figurewords.FILTERS)
    templates.filters.update(adminwords.FILTERS)
    templates.filters.update(gatewaywords.FILTERS)
    templates.filters["visible"] = visible
    templates.filters["spans"] = spans
    return templates


def moments_of(now: float, zone: ZoneInfo) -> dict[str, Any]:
    """What templates need to speak of times."""
    return {
        "now": now,
        "zone": datetime.datetime.fromtimestamp(now, zone).tzname(),
        "stamp": partial(wording.stamp, zone=zone),
        "moment": partial(wording.moment, now=now, zone=zone),
    }


class Pages:
    """Makes the pages, with dates and times in the centre's zone."""

    def __init__(self, means: Means, address: Callable[[str], str]) -> None:
        """:param address: where a file of the folder ``static`` is found"""
        self._means = means
        self._templates = environment()
        self._templates.globals["address"] = address

    def page(self, page: Page, visit: Visit) -> bytes:
        """A page as an area has made it."""
        means, now = self._means, visit.now
        public = means.config.public_reports
        values: dict[str, Any] = {
            **moments_of(now, means.zone),
            "version": means.status.version,
            "refresh_s": page.refresh_s,
            "user": visit.user,
            "notice": visit.notice,
            "csrf_field": _CSRF_FIELD.format(visit.csrf),
            "navigation": entries_for(visit.user, visit.path, public),
        }
        template = self._templates.get_template(page.template)
        return template.render(**values, **page.values).encode()

    def trouble(self, trouble: Trouble, visit: Visit) -> bytes:
        """A page that says what went wrong, and nothing of why."""
        values = {
            "problem": trouble.problem,
            "advice": trouble.advice or trouble.problem.advice,
        }
        return self.page(Page("problem.html", values), visit)
