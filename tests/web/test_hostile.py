"""Whatever is sent to whatever address: never a fault of ours, never our insides.

Every route of every area is asked in ways that no browser would, also those that come
later. Beside the status, each answer is looked through for what must not be in one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote, urlencode

from attrs import evolve, frozen

from smscentre.sections import WebConfig
from smscentre.users import Role
from smscentre.web.areas import areas
from smscentre.web.routes import Need, Route
from smscentre.web.sessions import Sessions
from tests.web.programs import ApiTestCase
from tests.web.support import NOW, Answer, Browser, Wire, add_users, ask

METHODS: Final = (
    "HEAD",
    "OPTIONS",
    "TRACE",
    "PUT",
    "DELETE",
    "PATCH",
    "PROPFIND",
    "get",
    "G",
    "X" * 500,
)

NASTY: Final = (
    "",
    " ",
    ".",
    "..",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "....//....//etc/passwd",
    "%2e%2e%2f",
    "C:\\x",
    "a/b",
    "a;b",
    "a?b#c",
    "'",
    '"',
    "' OR 1=1 --",
    "'; DROP TABLE units; --",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "${7*7}",
    "{0.__class__}",
    "%s%n%x",
    "=HYPERLINK(1)",
    "\r\nSet-Cookie: a=b",
    "\n\nHTTP/1.1 200 OK",
    "\0",
    "\x1b[31m",
    "\u202e\u2066",
    "\ufeff",
    "\u0131\u017f\u212a",
    "\U0001f600" * 20,
    "e\u0301" * 50,
    "-1",
    "0",
    "1e400",
    "9" * 400,
    "0x10",
    "NaN",
    "\u0661\u0662",
    "2024-05-14",
    "9999-12-31",
    "0000-00-00",
    "2024-02-30",
    "true",
    "null",
    "[]",
    "x" * 3000,
)

GOOD: Final = (
    "1",
    "1203",
    "DKI",
    "rutan",
    "RUTAN",
    "2024-05-14",
    "2024-05",
    "viewer",
    "+6281234567890",
    "simpan",
    "ya",
)
"""What gets further than the first check."""

RAW: Final = (
    "%ff",
    "%c0%af",
    "%c0%ae%c0%ae/",
    "%ed%a0%80",
    "%u0041",
    "%",
    "%4",
    "%zz",
    "%00",
    "%0d%0aX-Evil:%201",
    "%e2%80%ae",
    "%2F%2f",
    ";/..",
)
"""What stands in an address as it is."""

NAMES: Final = (
    "aktif",
    "alasan",
    "arah",
    "banding",
    "baru",
    "bulan",
    "cari",
    "catatan",
    "cursor",
    "dari",
    "date",
    "ganti",
    "guna",
    "hak",
    "hal",
    "hari",
    "isi",
    "jejak",
    "jenis",
    "keadaan",
    "ke",
    "kode",
    "lama",
    "laporan",
    "limit",
    "nama",
    "nomor",
    "per",
    "peran",
    "peta",
    "provinsi",
    "rentang",
    "sampai",
    "sandi",
    "search",
    "semua",
    "since",
    "sms",
    "status",
    "tanggal",
    "tautan",
    "tindakan",
    "token",
    "tugas",
    "ulang",
    "until",
    "upt",
    "urut",
    "wilayah",
    "yakin",
)
"""Fields of queries and forms that some page or program asks by."""

FIELDS: Final = {
    "/laporan/rutan": "tanggal per provinsi dari sampai banding isi urut cari",
    "/laporan/rutan.csv": "tanggal provinsi",
    "/admin/audit": "hal",
    "/api/v1/messages": "number state since cursor limit",
    "/kepatuhan": "tanggal bulan laporan provinsi",
    "/pesan": "nomor keadaan tautan dari hal",
    "/upt/1203": "bulan laporan rentang",
}
"""Where each field is tried by itself."""

INSIDES: Final = re.compile(
    r"Traceback|File \"|/smscentre/|site-packages|sqlalchemy|sqlite3?\.|psycopg"
    r"|jinja2|UndefinedError|werkzeug|twisted|<frozen",
    re.IGNORECASE,
)

KNOWN_HEADERS: Final = frozenset(
    {
        "allow",
        "cache-control",
        "connection",
        "content-disposition",
        "content-length",
        "content-security-policy",
        "content-type",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "date",
        "etag",
        "idempotent-replayed",
        "last-modified",
        "location",
        "ratelimit",
        "ratelimit-policy",
        "referrer-policy",
        "retry-after",
        "server",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
        "www-authenticate",
        "x-accel-buffering",
        "x-content-type-options",
        "x-frame-options",
    }
)

OURS: Final = re.compile(r"/(?![/\\])[\x21-\x7e]*")
FILE: Final = re.compile(r'attachment; filename="[A-Za-z0-9_.-]{1,120}"')


@frozen
class Body:
    """A body with its type, as no form of ours sends it."""

    kind: str
    octets: bytes


def _multipart(boundary: str, *parts: bytes) -> Body:
    mark = f"--{boundary}".encode()
    octets = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return Body(f"multipart/form-data; boundary={boundary}", octets + mark + b"--\r\n")


_FIELD = b'Content-Disposition: form-data; name="a"\r\n\r\n1'

BODIES: Final = (
    Body("", b""),
    Body("", b"a=1"),
    Body("text/plain", b"a=1"),
    Body("application/json", b'{"a": 1}'),
    Body("application/json", b"[" * 60_000),
    Body("application/x-www-form-urlencoded", b""),
    Body("application/x-www-form-urlencoded", b"=&&=;%"),
    Body("application/x-www-form-urlencoded", b"\xff\xfe\x00"),
    Body("application/x-www-form-urlencoded", b"a=%ff&b=%00"),
    Body("application/x-www-form-urlencoded", b"a=1&" * 15_000),
    Body("application/x-www-form-urlencoded; charset=utf-16", b"a=1"),
    Body("application/x-www-form-urlencoded; charset=\xff", b"a=1"),
    Body("multipart/form-data", b"x"),
    Body("multipart/form-data; boundary=", b"x"),
    Body("multipart/form-data; boundary=" + "b" * 1000, b"x"),
    Body("multipart/form-data; boundary=b", b"--b"),
    Body("multipart/form-data; boundary=b", b"--b\r\n\r\n" * 5000),
    Body("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition"),
    _multipart("b", b"no header at all"),
    _multipart("b", b"Content-Disposition: form-data\r\n\r\n1"),
    _multipart("b", b'Content-Disposition: form-data; filename="x"\r\n\r\n1'),
    _multipart("b", b'Content-Disposition: form-data; name="\xff"\r\n\r\n\xff'),
    _multipart("b", _FIELD.replace(b'"a"', b'"f"; filename="../x\0"')),
    _multipart("b", *[_FIELD] * 1200),
    _multipart("b", b"X: " + b"y" * 30_000 + b"\r\n" + _FIELD),
    Body("multipart/mixed; boundary=b", b"--b\r\n\r\n--b--"),
    Body("message/rfc822", b"From: x"),
    Body("x" * 5000, b"a=1"),
    Body("\xff\xfe", b"a=1"),
)


class HostileTestCase(ApiTestCase):
    """A site with all areas, somebody of each role, and a token."""

    def setUp(self) -> None:
        super().setUp()
        add_users(self.url)
        self.texted.text("1203", "RUTAN 82 54 36 39", NOW)
        self.routes = [
            route
            for area in areas(self.means, Sessions(self.means))
            for route in area.routes()
        ]
        self.browser = Browser(self.site, Role.ADMIN)

    def request(self, method: str, target: str, body: Body | None = None) -> bytes:
        """A request of an administrator, or of a program, as octets."""
        head = [f"{method} {target} HTTP/1.1", "Host: localhost"]
        if target.startswith("/api/"):
            head.append(f"Authorization: Bearer {self.program.token}")
        else:
            cookies = "; ".join(f"{k}={v}" for k, v in self.browser.cookies.items())
            head += [f"Cookie: {cookies}", "Origin: http://localhost"]
        if body is not None:
            head.append(f"Content-Length: {len(body.octets)}")
            if body.kind:
                head.append(f"Content-Type: {body.kind}")
        octets = "\r\n".join([*head, "", ""]).encode("latin-1", "replace")
        return octets + (body.octets if body else b"")

    def ask(self, method: str, target: str, body: Body | None = None) -> Answer:
        """Ask, and look the answer through."""
        wire = Wire(self.site)
        wire.send(self.request(method, target, body))
        answer = wire.answer()
        wire.close()
        self.check(answer, f"{method[:20]} {target[:200]} {str(body)[:200]}")
        return answer

    def check(self, answer: Answer, where: str) -> None:
        """What holds for every answer."""
        self.assertLess(answer.status, 500, where)
        self.assertGreaterEqual(answer.status, 200, where)
        self.assertEqual({*answer.headers} - KNOWN_HEADERS, set(), where)
        if answer.headers:
            self.assertIn("content-security-policy", answer.headers, where)
        text = answer.body.decode("latin-1")
        found = INSIDES.search(text) if "<" in text or "{" in text else None
        self.assertIsNone(found, f"{where}: {found and found[0]}")
        if "location" in answer.headers:
            self.assertRegex(answer.headers["location"], f"^{OURS.pattern}$", where)
        if "content-disposition" in answer.headers:
            disposition = answer.headers["content-disposition"]
            self.assertRegex(disposition, f"^{FILE.pattern}$", where)
        if answer.status == 405:
            self.assertIn("allow", answer.headers, where)

    def alive(self) -> None:
        """The site answers as ever, and nothing was logged as a fault."""
        self.assertEqual(self.browser.get("/").status, 200)
        self.assertEqual(self.program.get("/units").status, 200)
        self.assertEqual(self.flushLoggedErrors(), [])

    def paths(self, values: Sequence[str]) -> Iterator[tuple[Route, str]]:
        """Each route with its parts filled in; those without parts once."""
        for route in self.routes:
            if "<" not in route.path:
                yield route, route.path
                continue
            for value in values:
                yield route, value.join(re.split("<[^>]+>", route.path))


class AddressTests(HostileTestCase):
    """Addresses that nobody links to."""

    def test_methods(self) -> None:
        """Each address by each method that there is, and some that there are not."""
        for _, path in self.paths(["x", "1203", "rutan"]):
            for method in METHODS:
                self.ask(method, path)
        self.alive()

    def test_parts(self) -> None:
        """Whatever stands in a part of a path."""
        values = [quote(value, safe="") for value in NASTY] + [*RAW]
        for route, path in self.paths(values):
            if "GET" in route.methods:
                self.ask("GET", path)
        self.alive()

    def test_around(self) -> None:
        """Before, within and behind the paths that there are."""
        for _, path in self.paths(["1203"]):
            for twisted in (
                f"/{path}",
                f"//{path}",
                f"{path}/",
                f"{path}//",
                f"{path}/.",
                f"{path}/..",
                f"/.{path}",
                f"/x/..{path}",
                f"/%2e%2e{path}",
                f"{path}%00",
                f"{path}%0a",
                f"{path};x=1",
                f"{path}\\",
                f"{path}.php",
                f"{path}.csv",
                path.upper(),
                path.replace("/", "%2f"),
                path.replace("/", "\\"),
                f"http://evil.example{path}",
                f"{path}#x",
            ):
                self.ask("GET", twisted)
        self.alive()

    def test_files(self) -> None:
        """No file but those of the folder for them, by whatever way."""
        ways = ("../site.py", "../templates/base.html", "style.css/../../x")
        for way in (*NASTY, *ways):
            for text in {quote(way, safe=""), quote(way, safe="/.")}:
                answer = self.ask("GET", f"/static/{text}")
                self.assertIn(answer.status, (400, 404), way)
        for raw in RAW:
            self.assertIn(self.ask("GET", f"/static/{raw}").status, (400, 404), raw)


class QueryTests(HostileTestCase):
    """Queries beyond all reason."""

    def reading(self) -> Iterator[str]:
        """An address of each route that is read."""
        for route, path in self.paths(["1203"]):
            if "GET" in route.methods:
                yield path

    def test_values(self) -> None:
        """Each address with fields that it knows and does not, and odd values."""
        chance = random.Random(1)
        for path in self.reading():
            for _ in range(12):
                fields = [
                    (chance.choice(NAMES), chance.choice(NASTY + GOOD))
                    for _ in range(chance.randrange(1, 6))
                ]
                self.ask("GET", f"{path}?{urlencode(fields)}")
        self.alive()

    def test_each_field(self) -> None:
        """Fields by themselves, every other odd value in each."""
        for path, names in FIELDS.items():
            for at, name in enumerate(names.split()):
                for value in NASTY[at % 2 :: 2]:
                    self.ask("GET", f"{path}?{urlencode({name: value})}")
        self.alive()

    def test_shapes(self) -> None:
        """Long ones, many fields, none, the same again and again, broken ones."""
        queries = (
            "?",
            "??",
            "?&",
            "?&&&=&=",
            "?=1",
            "?a",
            "?a=b=c",
            "?" + "a" * 15_000,
            "?cari=" + "%41" * 4_000,
            "?" + "a=1&" * 3_000,
            "?" + "hal=1&" * 900,
            "?" + "&".join(f"f{n}=1" for n in range(999)),
            "?" + "&".join(f"f{n}=1" for n in range(1_500)),
            "?a[]=1&a[b][c]=2",
            "?__proto__=1&constructor=2",
            *(f"?cari={raw}" for raw in RAW),
            *(f"?{raw}=1" for raw in RAW),
        )
        for path in self.reading():
            for query in queries:
                self.ask("GET", path + query)
        self.alive()


class RedirectTests(HostileTestCase):
    """Nobody is led away."""

    AWAY: Final = (
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\tevil",
        "/\r\nX-Evil: 1",
        "/%0d%0aX-Evil:%201",
        " //evil.example",
        "/" + "x" * 5_000,
        "@evil.example",
        "/\u2028evil",
        "evil.example",
    )

    def test_after_the_login(self) -> None:
        """Where to go on is an address of ours, or the start page."""
        for going_to in self.AWAY:
            browser = Browser(self.site)
            answer = browser.log_in("viewer", to=going_to)
            self.check(answer, going_to)
            self.assertEqual(answer.status, 303)
        self.alive()

    def test_who_has_logged_in(self) -> None:
        """The same where the login is skipped."""
        for going_to in self.AWAY:
            answer = self.ask("GET", f"/masuk?ke={quote(going_to, safe='')}")
            self.assertEqual(answer.status, 303)

    def test_to_the_login(self) -> None:
        """Who must log in is sent there, whatever he asked for."""
        for value in NASTY:
            path = f"/gateway?{urlencode({'a': value})}"
            answer = Browser(self.site).get(path)
            self.check(answer, path)
            # What no database could keep is not even asked for.
            self.assertEqual(answer.status, 400 if "\0" in value else 303, path)
            going_to = answer.headers.get("location", "/masuk")
            self.assertTrue(going_to.startswith("/masuk"), path)


class BodyTests(HostileTestCase):
    """Bodies that are none of our forms."""

    def test_kinds(self) -> None:
        """Each address that takes a form or JSON, with each kind of body."""
        for route, path in self.paths(["1203", "1"]):
            if "POST" in route.methods:
                for body in BODIES:
                    answer = self.ask("POST", path, body)
                    self.assertGreaterEqual(answer.status, 400, (path, body))
        self.alive()

    def test_forms_of_ours(self) -> None:
        """With the token that belongs to them, and odd values in odd fields."""
        chance = random.Random(2)
        self.browser.get("/akun")
        csrf = self.browser.csrf("/akun")
        for route, path in self.paths(["1203", "viewer"]):
            if "POST" not in route.methods or route.need is Need.TOKEN:
                continue
            if path in ("/keluar",):
                continue
            for _ in range(15):
                fields = [("csrf", csrf)] + [
                    (chance.choice(NAMES), chance.choice(NASTY + GOOD))
                    for _ in range(chance.randrange(9))
                ]
                body = Body(
                    "application/x-www-form-urlencoded", urlencode(fields).encode()
                )
                self.ask("POST", path, body)
        self.alive()


class WireTests(HostileTestCase):
    """What is hardly HTTP."""

    def test_garbage(self) -> None:
        """Octets that are no request get no answer, or that they are none."""
        heads = (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"\0" * 1000 + b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET /\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET  /  HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1 x\r\n\r\n",
            b"GET \xff HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET http:// HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
            b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            b"CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            b"GET / HTTP/1.1\r\n: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nX\r\n\r\n",
            b"GET / HTTP/1.1\r\nX : y\r\n\r\n",
            b"GET / HTTP/1.1\r\n X: y\r\n\r\n",
            b"GET / HTTP/1.1\r\nCookie: " + b"a=b; " * 2_000 + b"\r\n\r\n",
            b"GET / HTTP/1.1\r\nCookie: sesi=\xff\xfe; =; ;;\r\n\r\n",
            b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 400 + b"\r\n",
            b"GET / HTTP/1.1\r\n" + b"X" * 20_000 + b": y\r\n\r\n",
            b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
            b"POST /masuk HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            b"POST /masuk HTTP/1.1\r\nContent-Length: 1e3\r\n\r\n",
            b"POST /masuk HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
            b"POST /masuk HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
            b"POST /masuk HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"POST /masuk HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Length: 3\r\n\r\n0\r\n\r\n",
            b"POST /masuk HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nx",
            b"POST /masuk HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"f" * 300
            + b"\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0,-1,9999999999-\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \xff, evil\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \xff\r\n\r\n",
            b"GET /api/v1/units HTTP/1.1\r\nAuthorization: Bearer \xff\r\n\r\n",
            b"GET /api/v1/units HTTP/1.1\r\nAuthorization: "
            + b"Bearer " * 1_000
            + b"\r\n\r\n",
            b'GET /static/style.css HTTP/1.1\r\nIf-None-Match: \xff,,"\r\n\r\n',
            b"GET /static/style.css HTTP/1.1\r\nIf-Modified-Since: \xff\r\n\r\n",
        )
        for head in heads:
            wire = Wire(self.site)
            wire.send(head)
            if wire.transport.value():
                self.check(_last(wire), repr(head[:80]))
            wire.close()
        self.alive()

    def test_smuggling(self) -> None:
        """What comes behind a request on its connection is no request of somebody."""
        octets = b"GET /masuk HTTP/1.1\r\nHost: a\r\n\r\n"
        wire = Wire(self.site)
        wire.send(octets * 50)
        self.assertEqual(wire.transport.value().count(b"HTTP/1.1 200"), 1)
        wire.close()

    def test_proxies(self) -> None:
        """Whoever stands in front, or says so, is taken for no more than that."""
        config = WebConfig(proxy="127.0.0.1", public_url="https://sms.go.id")
        self.use(evolve(self.means, config=config))
        for value in ("\xff", "x" * 5000, "1.2.3.4, , ,", "'; --", "[::1]:80"):
            head = f"GET /masuk HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {value}\r\n\r\n"
            self.check(ask(self.site, head.encode("latin-1")), value)
        answer = Browser(self.site).get("/masuk", X_Forwarded_Host="evil.example")
        self.assertNotIn("evil", answer.text)


def _last(wire: Wire) -> Answer:
    """The answer behind what is only on the way to one."""
    octets = wire.transport.value()
    _, found, rest = octets.partition(b"HTTP/1.1 100 Continue\r\n\r\n")
    if found:
        wire.transport.clear()
        wire.transport.write(rest)
    return wire.answer()
