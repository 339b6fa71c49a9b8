"""Valid messages of the air interface for tests: strategies of their values."""

from __future__ import annotations

__all__ = [
    "addresses",
    "codings",
    "datas",
    "delivers",
    "headers",
    "moments",
    "names",
    "numbers",
    "reports",
    "stamps",
    "submits",
    "tpdus",
]

from datetime import datetime, timedelta, timezone

from attrs import evolve
from hypothesis import strategies as st

from smscentre.gsm import alphabet as gsm7
from smscentre.gsm import udh
from smscentre.gsm.coding import read_coding
from smscentre.gsm.timestamp import Timestamp
from smscentre.gsm.tpdu_values import Deliver, StatusReport, Submit
from smscentre.gsm.udh import UserData
from smscentre.messages import Address

octet = st.integers(0, 255)
codings = octet

numbers = st.builds(
    Address,
    st.text("0123456789*#abc", min_size=1, max_size=20),
    st.sampled_from((0, 1, 2, 3, 4, 6, 7)),
    st.integers(0, 15),
)
names = st.builds(
    Address,
    st.text([chr(point) for point in gsm7.DEFAULT.encoding], max_size=11).filter(
        lambda name: gsm7.septets(name) <= 11
    ),
    st.just(5),
)
addresses = st.one_of(numbers, names)

_zones = st.integers(-79, 79).map(lambda n: timezone(timedelta(minutes=15 * n)))
moments = st.datetimes(
    datetime(2000, 1, 2),  # noqa: DTZ001 - the zone is drawn beside it
    datetime(2099, 12, 30),  # noqa: DTZ001
    timezones=_zones,
).map(lambda moment: moment.replace(microsecond=0))
stamps = st.one_of(
    moments.map(Timestamp.of), st.binary(min_size=7, max_size=7).map(Timestamp)
)

_elements = st.one_of(
    st.builds(
        lambda reference, a, b: bytes((0, 3, reference, max(a, b), min(a, b))),
        octet,
        st.integers(1, 255),
        st.integers(1, 255),
    ),
    st.builds(
        lambda high, low, a, b: bytes((8, 4, high, low, max(a, b), min(a, b))),
        octet,
        octet,
        st.integers(1, 255),
        st.integers(1, 255),
    ),
    st.binary(min_size=4, max_size=4).map(lambda ports: b"\x05\x04" + ports),
    st.builds(
        lambda kind, language: bytes((kind, 1, language)),
        st.sampled_from((0x24, 0x25)),
        st.integers(0, 14),
    ),
    st.builds(
        lambda kind, data: bytes((kind, len(data))) + data,
        st.integers(0x70, 0x7F),
        st.binary(max_size=6),
    ),
)
headers = st.one_of(
    st.just(b""),
    st.lists(_elements, max_size=3).map(b"".join).map(lambda e: bytes((len(e),)) + e),
)


@st.composite
def datas(draw: st.DrawFn, coding: int, room: int = 140) -> UserData:
    """User data that fits ``room`` octets in a coding scheme."""
    header = draw(headers)
    plain = udh.parse(header) if header else UserData(b"", b"", None)
    if read_coding(coding).in_septets:
        units = 8 * room // 7 - (8 * len(header) + 6) // 7
        size = draw(st.integers(0, units))
        body = bytes(octet & 0x7F for octet in draw(st.binary(max_size=size)))
    else:
        body = draw(st.binary(max_size=room - len(header)))
    return evolve(plain, body=body)


@st.composite
def delivers(draw: st.DrawFn) -> Deliver:
    """A valid SMS-DELIVER."""
    coding = draw(codings)
    return Deliver(
        draw(st.one_of(addresses, st.just(Address("", 0, 0)))),
        draw(stamps),
        draw(datas(coding)),
        coding,
        draw(octet),
        *(draw(st.booleans()) for _ in range(4)),
    )


@st.composite
def submits(draw: st.DrawFn) -> Submit:
    """A valid SMS-SUBMIT."""
    coding = draw(codings)
    return Submit(
        draw(addresses.filter(lambda address: bool(address.digits))),
        draw(datas(coding)),
        coding,
        draw(octet),
        draw(octet),
        draw(
            st.one_of(st.none(), octet, stamps, st.binary(min_size=7, max_size=7)),
        ),
        *(draw(st.booleans()) for _ in range(3)),
    )


@st.composite
def reports(draw: st.DrawFn) -> StatusReport:
    """A valid SMS-STATUS-REPORT."""
    coding = draw(st.none() | codings)
    return StatusReport(
        reference=draw(octet),
        recipient=draw(addresses),
        sent=draw(stamps),
        discharged=draw(stamps),
        status=draw(octet),
        more_to_come=draw(st.booleans()),
        loop_prevention=draw(st.booleans()),
        of_command=draw(st.booleans()),
        protocol=draw(st.none() | octet),
        coding=coding,
        data=draw(st.none() | datas(coding or 0, 131)),
    )


tpdus = st.one_of(delivers(), submits(), reports())
