"""Tests for addresses of pages that cannot be served, in words."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre import config
from smscentre.errors import ConfigError
from smscentre.listening import endpoint_at
from tests.links.certificates import server_pem

CONFIG = """\
[centre]
number = "02170252704"
[node]
data_dir = "."
[database]
url = "sqlite:///smscentre.db"
"""


class EndpointTests(SynchronousTestCase):
    """An address with keys in a folder."""

    def setUp(self) -> None:
        self.folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, self.folder)
        self.file = self.folder / "smscentre.toml"
        self.file.write_text(CONFIG)

    def refusal(self) -> str:
        """What is said about an address."""
        keys = f"privateKey={self.folder}/key.pem:certKey={self.folder}/cert.pem"
        loaded = config.load(self.file)
        with self.assertRaises(ConfigError) as caught:
            endpoint_at(Clock(), loaded, "web.listen", f"ssl:8443:{keys}")
        return str(caught.exception)

    def test_a_key_that_is_absent(self) -> None:
        """It is named, and where paths begin."""
        said = self.refusal()
        self.assertIn(f"{self.folder}/cert.pem: No such file", said)
        self.assertIn("absolute paths", said)
        self.assertNotIn("Errno", said)

    def test_keys_that_are_none(self) -> None:
        """What they must be is told, without the words of a library."""
        for name in ("key.pem", "cert.pem"):
            (self.folder / name).write_text("nothing")
        said = self.refusal()
        self.assertIn("a private key and the certificate that belongs to it", said)
        self.assertNotIn("routines", said)

    def test_a_certificate_of_another_key(self) -> None:
        """The same is told of two files that do not belong together."""
        begin = b"-----BEGIN CERT"
        key, _, _ = server_pem("localhost", None).partition(begin)
        _, _, other = server_pem("localhost", None).partition(begin)
        (self.folder / "key.pem").write_bytes(key)
        (self.folder / "cert.pem").write_bytes(begin + other)
        self.assertIn("that belongs to it", self.refusal())
