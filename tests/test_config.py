"""Tests of the configuration file: the sample, every rule, secrets and paths."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre import config
from smscentre.config import Config, Secret, load, masked_url
from smscentre.errors import ConfigError, Problem
from tests.links.certificates import Authority

SAMPLE = Path(__file__).parent.parent / "etc" / "smscentre.toml"

_AUTHORITY = Authority().pem

CENTRE = '[centre]\nnumber = "02170252704"\n'
SMPP = """
[[smpp]]
name = "carrier"
host = "smsc.example.net"
system_id = "smscentre"
password_file = "secrets/carrier"
address = "02170252704"
"""
MODEM = """
[[modem]]
name = "modem-1"
device = "/dev/ttyUSB0"
number = "+6281100000001"
"""


class _FileCase(SynchronousTestCase):
    """A folder with a configuration and its secrets."""

    def setUp(self) -> None:
        # trial's mktemp() would leave its folders beside the sources under pytest.
        temporary = TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name).resolve()
        (self.folder / "secrets").mkdir(parents=True)
        self.secret("carrier", "rahasia\n")
        self.secret("sim-pin", "1234\n")
        (self.folder / "ca.pem").write_bytes(_AUTHORITY)

    def secret(self, name: str, text: str, mode: int = 0o600) -> None:
        path = self.folder / "secrets" / name
        path.write_text(text)
        path.chmod(mode)

    def write(self, text: str, mode: int = 0o600) -> Path:
        path = self.folder / "smscentre.toml"
        path.write_text(text)
        path.chmod(mode)
        return path

    def load(self, text: str, mode: int = 0o600) -> Config:
        return load(self.write(text, mode))

    def problems(self, text: str, mode: int = 0o600) -> list[Problem]:
        error: ConfigError = self.assertRaises(ConfigError, self.load, text, mode)
        return error.problems

    def problem(self, text: str, mode: int = 0o600) -> Problem:
        problems = self.problems(text, mode)
        self.assertEqual(len(problems), 1, problems)
        return problems[0]


class SampleTests(_FileCase):
    """etc/smscentre.toml is complete and true."""

    def sample(self, *, phone: bool = False) -> Config:
        text = SAMPLE.read_text()
        if phone:
            head, block = text.split("# [[phone]]\n")
            block, tail = block.split("\n\n", 1)
            text = f"{head}[[phone]]\n{re.sub('(?m)^# ', '', block)}\n\n{tail}"
        return self.load(text, 0o644)

    def test_it_loads_with_every_block(self) -> None:
        """The sample is good as it stands, and with its phone uncommented."""
        self.assertEqual(self.sample().phone, ())
        self.assertEqual(
            self.sample(phone=True).link_names, ("carrier", "modem-1", "demo")
        )

    def test_it_shows_the_defaults(self) -> None:
        """What the sample says of a key with a default is that default."""
        sample = self.sample(phone=True)
        brief = self.load(
            CENTRE
            + SMPP
            + MODEM.replace("/dev/ttyUSB0", sample.modem[0].device)
            + 'pin_file = "secrets/sim-pin"\n[[phone]]\nname = "demo"\n'
            + '[[deadline]]\nform = "RUTAN"\ntimes = ["10:00", "16:00"]\n'
        )
        self.assertEqual(sample, brief)

    def test_it_shows_every_key(self) -> None:
        """No key of any section is missing from the sample."""
        text = SAMPLE.read_text()
        for section in attrs.fields(Config):
            if not section.metadata.get("key", True):
                continue
            kind: Any = getattr(config, f"{section.name.title()}Config")
            for key in attrs.fields(kind):
                if not key.metadata.get("key", True):
                    continue
                self.assertRegex(text, rf"(?m)^(# )?{key.name} = |\b{key.name} = ")

    def test_every_key_has_a_comment(self) -> None:
        """A comment stands above each key or above its group of keys."""
        for group in SAMPLE.read_text().split("\n\n"):
            self.assertIn("#", group, group)


@frozen
class Case:
    """A file with one fault: what follows the good blocks, and the problem."""

    text: str
    where: str
    words: str
    head: str = CENTRE + SMPP


def _key(line: str, words: str) -> Case:
    return Case(line, f"smpp[carrier].{line.split(' ')[0]}", words)


_OTHER = SMPP.replace('"carrier"', '"other"')

CASES = (
    Case("[centre]", "centre.number", "missing", head=""),
    Case("", "centre.number", "missing", head=""),
    Case("[centre]\nnumber = '12'", "centre.number", "telephone number", head=""),
    Case("country = 'XX'", "centre.country", "country", head=CENTRE),
    Case("timezone = 'Asia'", "centre.timezone", "Asia/Jakarta", head=CENTRE),
    Case("timezone = '../etc'", "centre.timezone", "Asia/Jakarta", head=CENTRE),
    Case("backfill_days = -1", "centre.backfill_days", "from 0", head=CENTRE),
    Case("[centres]", "centres", "did you mean centre?"),
    Case("[node]\nname = 'Satu'", "node.name", "small letters"),
    Case("[node]\ndata_dir = ''", "node.data_dir", "a path"),
    Case("[database]\nurl = 'sqlite://'", "database.url", "sqlite:///FILE"),
    Case("[database]\nurl = 'mysql://u:p@h/d'", "database.url", "postgresql"),
    Case("[limits]\nsender_per_day = -1", "limits.sender_per_day", "0: no limit"),
    Case("[limits]\nsender_per_day = true", "limits.sender_per_day", "whole number"),
    Case("[web]\nlisten = '8080'", "web.listen", "endpoint"),
    Case("[web]\nlisten = 'tcp:65536'", "web.listen", "endpoint"),
    Case("[web]\nlisten = 'tcp:8080:127.0.0.1'", "web.listen", "endpoint"),
    Case("[web]\npublic_reports = 1", "web.public_reports", "true or false"),
    Case("[monitor]\nlisten = ''", "monitor.listen", "endpoint"),
    Case("[web]\nlisten = 'tcp:1:interface=lo'", "web.listen", "IP address"),
    Case("[web]\nlisten = 'tcp:1:interface=1.2.3'", "web.listen", "IP address"),
    Case("[web]\nlisten = 'ssl:1:interface=a.b:certKey=c'", "web.listen", "IP addr"),
    Case("[monitor]\nlisten = 'tcp:8080'", "monitor.listen", "port of web.listen"),
    Case(
        "[web]\nlisten = 'tcp:port=9108:backlog=5'",
        "monitor.listen",
        "port of web.listen",
    ),
    Case(
        r"""[web]
listen = 'tcp6:7:interface=\:\:1'
[monitor]
listen = 'tcp6:7:interface=\:\:1'""",
        "monitor.listen",
        "port of web.listen",
    ),
    Case("[outbox]\nreply_expires_s = 0", "outbox.reply_expires_s", "from 1"),
    Case("[log]\nlevel = 'loud'", "log.level", '"info"'),
    Case("[log]\nformat = 'xml'", "log.format", '"json"'),
    Case("[procedures]\ndirectory = 1", "procedures.directory", "a path"),
    _key("port = '10'", "without quotes"),
    _key("port = 0", "from 1 to 65535"),
    _key("port = 65536", "from 1 to 65535"),
    _key("window = 0", "from 1 to 1000"),
    _key("window = 1001", "from 1 to 1000"),
    _key("window = true", "whole number"),
    _key("rate = -0.1", "0: no limit"),
    _key("rate = nan", "a number"),
    _key("reference_bits = 9", "8, 16"),
    _key("bind = 'both'", '"pair"'),
    _key("alphabet = 'ucs2'", '"latin1"'),
    _key("long_messages = 'tlv'", '"sar"'),
    _key("receipt_ids = 'hex'", '"hex-in-receipt"'),
    _key("interface_version = '3.2'", '"3.4"'),
    _key("long_messages = 'sar'\ninterface_version = '3.3'", '"udh"'),
    _key("long_messages = 'payload'\ninterface_version = '3.3'", '"udh"'),
    _key("interface_version = 3.4", '"3.4"'),
    _key("source_ton = 7", "from 0 to 6"),
    _key("max_parts = 256", "from 1 to 255"),
    _key("busy_status = 0", "from 1"),
    _key("validity_s = 1.5", "whole number"),
    _key("prefixes = '+62811'", "list"),
    _key("system_type = 'thirteen-long'", "at most 12"),
    _key('address_range = "a\\u0000"', "ASCII"),
    _key("windows = 3", "did you mean window?"),
    _key("tls = 'yes'", "true or false"),
    _key("ca_file = 'ca.pem'", "tls = true"),
    _key("bind = 'receiver'", "link that sends"),
    Case(
        f"bind = 'receiver'\n{_OTHER}reroute = false",
        "smpp[carrier].bind",
        "with reroute = true",
    ),
    Case(
        f"bind = 'receiver'\n{_OTHER}bind = 'transmitter'\nreroute = false",
        "smpp[carrier].bind",
        "never be answered",
    ),
    Case(
        f"bind = 'receiver'\nlong_messages = 'payload'\n{_OTHER}",
        "smpp[carrier].bind",
        'long_messages = "payload"',
    ),
    _key("receiver_host = 'b.example.net'", "pair"),
    _key("receiver_port = 2776", "pair"),
    Case(
        "tls = true\nca_file = 'absent.pem'",
        "smpp[carrier].ca_file",
        "file that exists",
    ),
    Case(
        "tls = true\nca_file = 'secrets/carrier'",
        "smpp[carrier].ca_file",
        "in PEM form",
    ),
    Case("prefixes = ['62811']", "smpp[carrier].prefixes[0]", "+62811"),
    Case("password = 'x'", "smpp[carrier].password", "not both"),
    Case("[smpp]", "smpp", "[[...]]", head=CENTRE),
    Case("[[phone]]\nname = 'carrier'", "phone[0].name", "name of smpp[0]"),
    Case("[[phone]]\nname = 'a.b'", "phone[a.b].name", "small letters"),
    Case("[[phone]]\nnama = 'demo'\nname = 'd'", "phone[d].nama", "mean name?"),
    Case("storage = 'XX'", "modem[modem-1].storage", '"MT"', CENTRE + MODEM),
    Case("baud = 1", "modem[modem-1].baud", "from 300", CENTRE + MODEM),
    Case("smsc = '0816'", "modem[modem-1].smsc", "+62816124", CENTRE + MODEM),
    Case("hook = 'absent'", "modem[modem-1].hook", "may be run", CENTRE + MODEM),
    Case(
        "hook = 'secrets/carrier'", "modem[modem-1].hook", "may be run", CENTRE + MODEM
    ),
    Case("pin_file = 'absent'", "modem[modem-1].pin_file", "be read", CENTRE + MODEM),
    Case(
        "pin_file = 'secrets/carrier'",
        "modem[modem-1].pin_file",
        "4 to 8 digits",
        CENTRE + MODEM,
    ),
    Case(
        "",
        "modem[modem-1].device",
        "a path",
        CENTRE + MODEM.replace("/dev/ttyUSB0", "ttyUSB0"),
    ),
    Case(
        "",
        "modem[modem-1].number",
        "telephone number",
        CENTRE + MODEM.replace("+6281100000001", "9999"),
    ),
    Case(
        MODEM.replace("modem-1", "modem-2"),
        "modem[1].device",
        "device of modem[0]",
        CENTRE + MODEM,
    ),
    Case(
        "",
        "smpp[carrier].system_id",
        "at most 15",
        CENTRE + SMPP.replace('"smscentre"', '"sixteen-letters-"'),
    ),
    Case(
        "",
        "smpp[carrier].system_id",
        "must be given",
        CENTRE + SMPP.replace('"smscentre"', '""'),
    ),
    Case(
        "",
        "smpp[carrier].address",
        "must be given",
        CENTRE + SMPP.replace('"02170252704"', '" "'),
    ),
    Case(
        "",
        "smpp[carrier].password",
        "not neither",
        CENTRE + SMPP.replace('password_file = "secrets/carrier"\n', ""),
    ),
    Case(
        "",
        "smpp[carrier].password",
        "not neither",
        CENTRE + SMPP.replace("secrets/carrier", ""),
    ),
)


class RuleTests(_FileCase):
    """What a file may not say."""

    def test_each_fault_has_its_place_and_its_words(self) -> None:
        """A single fault gives one problem, with its path and how to mend it."""
        for case in CASES:
            problem = self.problem(case.head + case.text)
            self.assertEqual(problem.where, case.where, problem)
            self.assertIn(case.words, problem.rule, problem)

    def test_a_pin_that_others_may_read(self) -> None:
        """As with a password, it is for its owner only."""
        self.secret("sim-pin", "1234\n", 0o640)
        problem = self.problem(f'{CENTRE}{MODEM}pin_file = "secrets/sim-pin"\n')
        self.assertEqual(problem.where, "modem[modem-1].pin_file")
        self.assertIn("chmod 600", problem.rule)

    def test_all_faults_are_found_at_once(self) -> None:
        """Faults of types, limits, names, numbers and secrets come together."""
        self.secret("carrier", "rahasia", 0o644)
        found = self.problems(
            '[centre]\nnumber = "1"\ncoutry = "ID"\n[web]\nlisten = ""\n'
            f"{SMPP}port = 0\n{MODEM.replace('modem-1', 'carrier')}",
        )
        self.assertEqual(
            sorted(problem.where for problem in found),
            [
                "centre.coutry",
                "centre.number",
                "modem[0].name",
                "smpp[carrier].password_file",
                "smpp[carrier].port",
                "web.listen",
            ],
        )

    def test_a_block_of_the_wrong_type_is_reported_once(self) -> None:
        """Checks over several keys do not stumble over what is no table."""
        for text in ("centre = 3", "centre = [1]", "smpp = [1]\n" + CENTRE):
            self.assertIn("table", self.problem(text).rule)

    def test_a_country_of_the_wrong_type_is_reported(self) -> None:
        """Numbers are not judged where the country is unknown."""
        for country in ("[]", "{}", "62"):
            problem = self.problem(f"{CENTRE}country = {country}")
            self.assertEqual(problem.where, "centre.country")


class FileTests(_FileCase):
    """Files that are no configuration at all."""

    def test_broken_toml_names_its_line(self) -> None:
        """A syntax error is one problem with the line."""
        problem = self.problem("[centre]\nnumber = \n")
        self.assertEqual(problem.where, "line 2")
        self.assertIn("is not TOML", problem.rule)

    def test_toml_that_ends_early_says_so(self) -> None:
        """An error at the end has no line but a place."""
        self.assertEqual(self.problem("[centre").where, "end of file")

    def test_other_encodings_are_refused(self) -> None:
        """A file in Latin-1 is named as such, not shown as a traceback."""
        path = self.write("")
        path.write_bytes("# é".encode("latin-1"))
        (problem,) = self.assertRaises(ConfigError, load, path).problems
        self.assertIn("UTF-8", problem.rule)

    def test_an_absent_file_is_named(self) -> None:
        """The error carries the path and the system's reason."""
        error = self.assertRaises(ConfigError, load, self.folder / "absent.toml")
        self.assertIn("absent.toml", error.source)
        self.assertIn("No such file", error.problems[0].rule)

    def test_a_folder_is_no_file(self) -> None:
        """A path to a folder is a problem like any other."""
        self.assertRaises(ConfigError, load, self.folder)


class SecretsTests(_FileCase):
    """Where secrets come from, who may read them, who sees them."""

    INLINE = CENTRE + SMPP.replace(
        'password_file = "secrets/carrier"', 'password = "terbuka"'
    )

    def test_from_a_file(self) -> None:
        """The password is the file's line without its end."""
        (link,) = self.load(CENTRE + SMPP, 0o644).smpp
        self.assertEqual(link.password, Secret("rahasia"))

    def test_from_the_configuration(self) -> None:
        """A password may stand in the file itself."""
        (link,) = self.load(self.INLINE).smpp
        self.assertEqual(link.password, Secret("terbuka"))

    def test_open_files_are_refused(self) -> None:
        """The problem tells which command closes the file."""
        for mode in (0o640, 0o604, 0o660):
            self.secret("carrier", "rahasia", mode)
            problem = self.problem(CENTRE + SMPP)
            self.assertEqual(problem.where, "smpp[carrier].password_file")
            path = self.folder / "secrets" / "carrier"
            self.assertIn(f"chmod 600 {path}", problem.rule)

    def test_an_open_configuration_is_refused_only_with_secrets(self) -> None:
        """A password, or a database URL with one, makes a configuration secret."""
        url = '[database]\nurl = "postgresql+psycopg://{}@db/sms"\n'
        self.load(CENTRE + url.format("sms"), 0o644)
        for text in (self.INLINE, CENTRE + url.format("sms:sandi")):
            problem = self.problem(text, 0o644)
            self.assertIn("chmod 600", problem.rule)

    def test_files_that_hold_no_secret_are_refused(self) -> None:
        """Empty, with two lines, or too long for a bind."""
        for text in ("", "\n", "a\nb\n", "x" * 2000, "sembilan9"):
            self.secret("carrier", text)
            problem = self.problem(CENTRE + SMPP)
            self.assertEqual(problem.where, "smpp[carrier].password_file")

    def test_problems_never_show_them(self) -> None:
        """A password that breaks a rule is not repeated."""
        for value in ('"terlalu-panjang"', '"sandi-ü"', "98765", '["sandi"]'):
            text = self.INLINE.replace('"terbuka"', value)
            error = self.assertRaises(ConfigError, self.load, text)
            self.assertNotIn(value.strip('[]"'), str(error))
        error = self.assertRaises(
            ConfigError, self.load, CENTRE + '[database]\nurl = "mysql://a:sandi@h/d"'
        )
        self.assertNotIn("sandi", str(error))

    def test_the_tree_can_be_shown(self) -> None:
        """Neither repr nor str of the whole tree holds a secret."""
        loaded = self.load(
            self.INLINE + '[database]\nurl = "postgresql+psycopg://sms:sandi@db/sms"\n'
        )
        for secret in ("terbuka", "sandi"):
            self.assertNotIn(secret, f"{loaded!r} {loaded}")
        self.assertIn("sandi", loaded.database.url)

    def test_masked_url(self) -> None:
        """User and password disappear, host and name stay."""
        for url, shown in (
            ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg://***@h/d"),
            (
                "postgresql+psycopg://h/d?password=p&x=1",
                "postgresql+psycopg://h/d?password=***&x=1",
            ),
            ("sqlite:////var/lib/x.db", "sqlite:////var/lib/x.db"),
        ):
            self.assertEqual(masked_url(url), shown)


class ValueTests(_FileCase):
    """What the stages get."""

    def test_relative_paths_start_at_the_file(self) -> None:
        """Not at the working directory of the process."""
        loaded = self.load(
            CENTRE
            + '[node]\ndata_dir = "data"\n[database]\nurl = "sqlite:///data/x.db"\n'
            + f'{SMPP}{MODEM}pin_file = "secrets/sim-pin"\n'
        )
        self.assertEqual(loaded.node.data_dir, self.folder / "data")
        self.assertEqual(loaded.database.url, f"sqlite:///{self.folder}/data/x.db")
        self.assertEqual(loaded.procedures.directory, self.folder / "procedures")
        assert loaded.modem[0].pin_file is not None
        self.assertEqual(loaded.modem[0].pin_file.path, self.folder / "secrets/sim-pin")
        self.assertEqual(loaded.modem[0].pin_file.secret, Secret("1234"))
        self.assertEqual(loaded.path, self.folder / "smscentre.toml")

    def test_absolute_paths_stay(self) -> None:
        """A path from the root is taken as it is."""
        loaded = self.load(CENTRE + '[procedures]\ndirectory = "/srv/procedures"\n')
        self.assertEqual(loaded.procedures.directory, Path("/srv/procedures"))

    def test_the_zone_is_a_zone(self) -> None:
        """Nobody looks the name up a second time."""
        loaded = self.load(CENTRE + 'timezone = "Asia/Makassar"\n')
        self.assertEqual(loaded.centre.timezone, ZoneInfo("Asia/Makassar"))

    def test_own_numbers(self) -> None:
        """The centre's, its binds' and its SIMs' numbers, in E.164; names left out."""
        loaded = self.load(
            CENTRE
            + SMPP
            + MODEM
            + SMPP.replace("carrier", "c2")
            .replace("0217", "S")
            .replace("secrets/c2", "secrets/carrier")
        )
        self.assertEqual(
            loaded.own_numbers, frozenset({"+622170252704", "+6281100000001"})
        )

    def test_endpoints_of_every_kind(self) -> None:
        """What Twisted can listen on in one line is taken."""
        for endpoint in (
            "tcp:0",
            "tcp:port=8080",
            r"tcp6:8080:interface=\:\:1",
            "unix:/run/smscentre/web.sock:mode=660",
            "systemd:domain=INET:index=0",
            "ssl:8443:privateKey=key.pem:certKey=cert.pem",
        ):
            loaded = self.load(f"{CENTRE}[web]\nlisten = '{endpoint}'\n")
            self.assertEqual(loaded.web.listen, endpoint)

    def test_ports_that_do_not_meet(self) -> None:
        """One port on two addresses, and any port, are no conflict."""
        for web, monitor in (
            ("tcp:7:interface=127.0.0.1", "tcp:7:interface=127.0.0.2"),
            ("tcp:0", "tcp:0"),
            ("unix:/run/a", "unix:/run/b"),
        ):
            self.load(
                f"{CENTRE}[web]\nlisten = '{web}'\n[monitor]\nlisten = '{monitor}'\n"
            )

    def test_a_receiver_beside_a_transmitter(self) -> None:
        """One that may carry its replies is all that it needs."""
        text = f'{CENTRE}{SMPP}bind = "receiver"\n{_OTHER}bind = "transmitter"\n'
        self.assertEqual([link.bind for link in self.load(text).smpp],
                         ["receiver", "transmitter"])  # fmt: skip

    def test_one_device_by_two_names(self) -> None:
        """A modem's stable name leads to its tty, which is no second modem."""
        stable = self.folder / "modem"
        stable.symlink_to("/dev/ttyUSB0")
        second = MODEM.replace("modem-1", "modem-2")
        second = second.replace("/dev/ttyUSB0", str(stable))
        self.assertEqual(self.problem(CENTRE + MODEM + second).where, "modem[1].device")

    def test_two_devices(self) -> None:
        """Each modem with its own is right."""
        second = MODEM.replace("modem-1", "modem-2").replace("USB0", "USB1")
        self.assertEqual(len(self.load(CENTRE + MODEM + second).modem), 2)

    def test_a_receiver_beside_a_modem(self) -> None:
        """A modem that may carry others' replies will do as well."""
        text = f'{CENTRE}{SMPP}bind = "receiver"\n{MODEM}'
        self.assertEqual(len(self.load(text).modem), 1)
        problem = self.problem(f"{text}reroute = false\n")
        self.assertIn("link that sends", problem.rule)

    def test_a_pair(self) -> None:
        """Its receiver may bind elsewhere."""
        text = f'{CENTRE}{SMPP}bind = "pair"\nreceiver_host = "b"\n'
        (link,) = self.load(text + "receiver_port = 2776\n").smpp
        found = (link.bind, link.receiver_host, link.receiver_port)
        self.assertEqual(found, ("pair", "b", 2776))
