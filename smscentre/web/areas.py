"""All areas of the site, in one list."""

from __future__ import annotations

__all__ = ["areas"]

from collections.abc import Sequence

from smscentre.store.settled import SettledDays
from smscentre.web.admin import Admin
from smscentre.web.api.area import Api
from smscentre.web.auditing import Auditing
from smscentre.web.compliancepages import Compliance
from smscentre.web.datapages import DataPages
from smscentre.web.gateway import Gateway
from smscentre.web.guiding import Guiding
from smscentre.web.login import Login
from smscentre.web.means import Means
from smscentre.web.messagepage import MessagePage
from smscentre.web.messages import Messages
from smscentre.web.monthpages import MonthPages
from smscentre.web.officeradmin import OfficerAdmin
from smscentre.web.reporting import Reports
from smscentre.web.routes import Area
from smscentre.web.sessions import Sessions
from smscentre.web.today import Today
from smscentre.web.tokenpages import TokenPages
from smscentre.web.trying import Trying
from smscentre.web.unitadmin import UnitAdmin
from smscentre.web.unitpages import UnitPages
from smscentre.web.unreadpages import UnreadPages
from smscentre.web.userpages import UserPages


def areas(means: Means, sessions: Sessions) -> Sequence[Area]:
    """Every area; two routes may not have the same path and method."""
    settled = SettledDays()
    return [
        Today(means, settled),
        Reports(means, settled),
        Compliance(means, settled),
        UnitPages(means),
        Gateway(means),
        Messages(means),
        MessagePage(means),
        Trying(means),
        Guiding(means),
        Login(means, sessions),
        Admin(),
        UserPages(means),
        Auditing(means),
        Api(means),
        UnitAdmin(means),
        OfficerAdmin(means),
        DataPages(means),
        MonthPages(means),
        TokenPages(means),
        UnreadPages(means),
    ]
