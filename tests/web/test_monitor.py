"""The endpoints of monitoring."""

from __future__ import annotations

import json

from attrs import define, field
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.metrics import Metrics
from smscentre.web.monitor import monitor_site
from tests.web.support import NOW, Answer, get


@define
class _Health:
    reasons: dict[str, str] = field(factory=dict)

    def ready(self) -> tuple[bool, dict[str, str]]:
        """Ready while there is no reason against it."""
        return not self.reasons, self.reasons


class MonitorTests(SynchronousTestCase):
    """What machines ask."""

    def setUp(self) -> None:
        self.health = _Health()
        self.metrics = Metrics("1.0", ["carrier"])
        self.site = monitor_site(self.metrics, self.health, Clock(), lambda: NOW)

    def get(self, path: str, method: str = "GET") -> Answer:
        """Ask for a path."""
        return get(self.site, path, method=method)

    def test_metrics(self) -> None:
        """The metrics come as they are now, in the type of their format."""
        self.metrics.bound("carrier")
        answer = self.get("/metrics")
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.headers["content-type"].startswith("text/plain; ver"))
        self.assertIn('smscentre_link_up{link="carrier"} 1.0', answer.text)

    def test_alive(self) -> None:
        """Who answers is alive, ready or not."""
        self.health.reasons = {"store": "no commit for 20 s"}
        answer = self.get("/livez")
        self.assertEqual((answer.status, answer.text), (200, "ok\n"))

    def test_ready(self) -> None:
        """Ready is 200."""
        answer = self.get("/readyz")
        self.assertEqual(answer.status, 200)
        self.assertEqual(json.loads(answer.body), {"ready": True, "reasons": {}})

    def test_not_ready(self) -> None:
        """Not ready is 503 and says why."""
        self.health.reasons = {"store": "no commit for 20 s"}
        answer = self.get("/readyz")
        self.assertEqual(answer.status, 503)
        self.assertEqual(answer.headers["content-type"], "application/json")
        self.assertEqual(
            json.loads(answer.body),
            {"ready": False, "reasons": {"store": "no commit for 20 s"}},
        )

    def test_head(self) -> None:
        """HEAD has the status and no body."""
        answer = self.get("/readyz", "HEAD")
        self.assertEqual((answer.status, answer.body), (200, b""))

    def test_other_methods(self) -> None:
        """What would change something is refused."""
        answer = self.get("/livez", "DELETE")
        self.assertEqual((answer.status, answer.headers["allow"]), (405, "GET, HEAD"))

    def test_elsewhere(self) -> None:
        """Nothing else is there."""
        for path in ("/", "/nothing", "/livez2/a"):
            self.assertEqual(self.get(path).status, 404)
