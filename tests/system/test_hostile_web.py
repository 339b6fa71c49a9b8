"""Connections to the pages that mean no good, while officers text."""

from __future__ import annotations

import random
import socket
import urllib.error
import urllib.request
from contextlib import ExitStack

from smscentre.web.server import OPEN_MOST
from tests.system.case import ServiceTestCase

GARBAGE = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /" + b"%ff" * 3000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /?" + b"a=1&" * 3000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /masuk HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\nnama=",
    b"POST /masuk HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n"
    + b"x" * 9999,
    b"POST /api/v1/send HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{{{{{",
    b"GET /masuk HTTP/1.1\r\nCookie: sesi=\xff\xfe\r\nAccept: \xff\r\n\r\n",
    b"\0" * 5000,
    b"GET /masuk HTTP/1.1\r\n\r\n" * 100,
)


class HostileTests(ServiceTestCase):
    """A centre that somebody is tired of."""

    def setUp(self) -> None:
        super().setUp()
        self.run_centre()

    def connect(self, host: str = "127.0.0.1") -> socket.socket:
        """One more connection to the pages, from some address of this machine."""
        return socket.create_connection(
            ("127.0.0.1", self.centre.web_port), timeout=10, source_address=(host, 0)
        )

    def status(self, path: str) -> int:
        """How a page is answered; 0 where it is not."""
        address = f"http://127.0.0.1:{self.centre.web_port}{path}"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0

    def test_all_connections_taken(self) -> None:
        """Officers are answered; once some of the others go, pages are served again."""
        with ExitStack() as stack:
            for number in range(OPEN_MOST + 50):
                host = f"127.0.0.{2 + number % 10}"
                sock = stack.enter_context(self.connect(host))
                sock.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
            self.wait(lambda: self.status("/masuk") == 0, "the limit")
            self.assertIn("berhasil", self.ask("RUTAN 82 54 36 39"))
            self.assertEqual(self.centre.page("livez"), 200)
        self.wait(lambda: self.status("/masuk") == 200, "a page")

    def test_one_address_takes_what_it_can(self) -> None:
        """The others are served meanwhile."""
        with ExitStack() as stack:
            for _ in range(OPEN_MOST):
                stack.enter_context(self.connect("127.0.0.2"))
            self.assertEqual(self.status("/masuk"), 200)

    def test_garbage(self) -> None:
        """Whatever comes, cut wherever: the service goes on and logs no fault."""
        chance = random.Random(1)
        for _ in range(150):
            octets = chance.choice(GARBAGE)
            with self.connect() as sock:
                try:
                    sock.sendall(octets[: chance.randrange(1, len(octets) + 1)])
                    if chance.random() < 0.3:
                        sock.shutdown(socket.SHUT_WR)
                        sock.recv(65536)
                except OSError:
                    # It may have been refused before all was written.
                    continue
        self.assertIn("berhasil", self.ask("RUTAN 1 2 3 4"))
        self.assertEqual(self.status("/masuk"), 200)
        log = self.centre.log(100_000)
        for word in ("Traceback", "Unhandled", "failed"):
            self.assertNotIn(word, log)
