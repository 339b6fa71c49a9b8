"""Who may: every route of the site times every role, and nobody at all."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.sections import WebConfig
from smscentre.store.engine import reading_engine
from smscentre.users import Role
from smscentre.web.areas import areas
from smscentre.web.routes import Need, Route
from smscentre.web.sessions import Sessions
from smscentre.web.site import site
from tests.prepared import make_store
from tests.web.support import Answer, Browser, FakeReader, add_users, means_of

WHO = (None, *Role)

MAY: dict[Need, tuple[Role | None, ...]] = {
    Need.PUBLIC: WHO,
    Need.REPORTS: (Role.VIEWER, Role.DATA, Role.OPERATOR, Role.ADMIN),
    Need.VIEWER: (Role.VIEWER, Role.DATA, Role.OPERATOR, Role.ADMIN),
    Need.DATA: (Role.DATA, Role.ADMIN),
    Need.OPERATOR: (Role.OPERATOR, Role.ADMIN),
    Need.STAFF: (Role.DATA, Role.OPERATOR, Role.ADMIN),
    Need.ADMIN: (Role.ADMIN,),
    Need.TOKEN: WHO,
}
"""As the brief of the roles says it, not as the site works it out."""


class RoleTests(SynchronousTestCase):
    """Each route admits whom it needs and nobody else."""

    def setUp(self) -> None:
        folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, folder)
        url = f"sqlite:///{folder}/smscentre.db"
        make_store(url)
        add_users(url)
        engine = reading_engine(url)
        self.addCleanup(engine.dispose)
        self.means = means_of(url, FakeReader(engine))
        self.site = site(self.means)
        self.routes = [
            route
            for area in areas(self.means, Sessions(self.means))
            for route in area.routes()
        ]

    def ask(self, route: Route, method: str, role: Role | None) -> Answer:
        """Ask for a route; by POST without the token that a form would have."""
        browser = Browser(self.site, role)
        path = _path(route)
        return browser.post(path, {}) if method == "POST" else browser.get(path)

    def test_every_route_times_every_role(self) -> None:
        """Who may not is sent to the login, or refused where he has logged in."""
        for route in self.routes:
            for method in route.methods:
                for role in WHO:
                    answer = self.ask(route, method, role)
                    expected = role in MAY[route.need]
                    self.assertEqual(
                        _admitted(answer, method, role),
                        expected,
                        f"{method} {route.path} as {role}: {answer.status}",
                    )

    def test_public_reports(self) -> None:
        """They open the reports to everybody, and nothing else."""
        means = evolve(self.means, config=WebConfig(public_reports=True))
        self.site = site(means)
        for route in self.routes:
            if "GET" in route.methods:
                answer = self.ask(route, "GET", None)
                self.assertEqual(
                    _admitted(answer, "GET", None),
                    route.need in (Need.PUBLIC, Need.REPORTS, Need.TOKEN),
                    route.path,
                )

    def test_no_two_routes_are_the_same(self) -> None:
        """Which of them answered would be chance."""
        seen = [
            (route.path, method) for route in self.routes for method in route.methods
        ]
        self.assertEqual(len(seen), len(set(seen)))

    def test_changes_are_forms(self) -> None:
        """A link that is only followed changes nothing: methods are known ones."""
        for route in self.routes:
            self.assertLessEqual(set(route.methods), {"GET", "POST"}, route.path)


class NeedTests(SynchronousTestCase):
    """The needs by themselves, also those that no route has yet."""

    def test_every_need_times_every_role(self) -> None:
        """As the table has it."""
        for need, roles in MAY.items():
            for role in WHO:
                self.assertEqual(need.admits(role, False), role in roles, (need, role))

    def test_public_reports(self) -> None:
        """They change one need."""
        changed = [need for need in Need if need.admits(None, True)]
        self.assertEqual(changed, [Need.PUBLIC, Need.REPORTS, Need.TOKEN])


def _path(route: Route) -> str:
    """An address that a route takes."""
    parts = ["x" if part.startswith("<") else part for part in route.path.split("/")]
    return "/".join(parts)


def _admitted(answer: Answer, method: str, role: Role | None) -> bool:
    """Whether a visit got past the door; a form without its token stops there."""
    if answer.status == 403:
        return method == "POST" and "Formulir sudah tidak berlaku" in answer.text
    return not (
        role is None
        and answer.status == 303
        and answer.headers["location"].startswith("/masuk")
    )
