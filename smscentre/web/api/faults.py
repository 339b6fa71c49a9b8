"""What can go wrong for a program, as problem details.

Each kind of fault has a word of its own in its ``type`` that stays the same for
ever; titles and details are for people and may change.

Source: RFC 9457 §3 (members of a problem details object).
"""

from __future__ import annotations

__all__ = [
    "PREFIX",
    "PROBLEM_TYPE",
    "BadField",
    "Fault",
    "ProblemShown",
    "Refused",
    "fault_of",
    "problem_content",
]

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Annotated, Final

import msgspec
from attrs import frozen

from smscentre.web.problems import Problem
from smscentre.web.routes import Content

PREFIX: Final = "/api/v1"
PROBLEM_TYPE: Final = "application/problem+json"

_RETRY_S: Final = "15"


class Fault(Enum):
    """A kind of fault: its word, its status, its title, and what it means."""

    MALFORMED = (
        "malformed-request",
        400,
        "Permintaan tidak dapat dibaca",
        "The address or the body is not readable text or JSON.",
    )
    PARAMETER = (
        "bad-parameter",
        400,
        "Ada parameter yang salah",
        "A parameter is unknown, missing, given twice or outside its limits; "
        "`errors` names each.",
    )
    NO_TOKEN = (
        "no-token",
        401,
        "Token diperlukan",
        "The header `Authorization: Bearer <token>` is missing.",
    )
    BAD_TOKEN = (
        "bad-token",
        401,
        "Token tidak berlaku",
        "There is no such token, or it was withdrawn, or its maker may no longer do "
        "what it may.",
    )
    NO_SCOPE = (
        "scope-missing",
        403,
        "Token tidak berhak untuk ini",
        "The token works, and lacks the scope that `detail` names.",
    )
    NOT_ITS_OFFICER = (
        "recipient-not-allowed",
        403,
        "Token tidak berhak mengirim ke nomor ini",
        "A token that is limited to a place sends to active officers of that place "
        "only.",
    )
    NOT_FOUND = (
        "not-found",
        404,
        "Tidak ada",
        "There is no such address, or nothing of that name that the token may see.",
    )
    METHOD = (
        "method-not-allowed",
        405,
        "Metode tidak dikenal di alamat ini",
        "The header `Allow` lists the methods that there are.",
    )
    TOO_LARGE = (
        "too-large",
        413,
        "Kiriman terlalu besar",
        "A body may have 64 KiB.",
    )
    MEDIA = (
        "media-type",
        415,
        "Jenis kiriman tidak dikenal",
        "A body is JSON, sent as `application/json`.",
    )
    BODY = (
        "bad-body",
        422,
        "Isi kiriman salah",
        "The body is JSON, and not what it should be; `errors` says where.",
    )
    KEY_REUSED = (
        "idempotency-key-reused",
        422,
        "Idempotency-Key sudah dipakai untuk kiriman lain",
        "The same key came within a day with another body. Nothing was sent.",
    )
    DESTINATION = (
        "bad-destination",
        422,
        "Nomor tujuan salah",
        "The number is of no possible subscriber, or it is one of the centre's own.",
    )
    TOO_LONG = (
        "text-too-long",
        422,
        "Teks terlalu panjang",
        "The text needs more parts than the link to this number may send.",
    )
    RATE = (
        "rate-limit",
        429,
        "Terlalu banyak permintaan",
        "Ask again after as many seconds as `Retry-After` says.",
    )
    SENDING_LIMIT = (
        "sending-limit",
        429,
        "Batas pengiriman tercapai",
        "The token, or this number, has had its share. `Retry-After` says when to try "
        "again.",
    )
    BROKEN = (
        "internal-error",
        500,
        "Permintaan gagal diproses",
        "A fault of the service; it is in its log.",
    )
    UNAVAILABLE = (
        "unavailable",
        503,
        "Basis data sedang tidak dapat dihubungi",
        "Ask again after as many seconds as `Retry-After` says. For what is sent, with "
        "the same `Idempotency-Key`: it may have been taken.",
    )
    NO_LINK = (
        "no-link",
        503,
        "Tidak ada tautan untuk mengirim",
        "No link of the configuration can send this message.",
    )

    def __init__(self, slug: str, status: int, title: str, meaning: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title
        self.meaning = meaning

    @property
    def type(self) -> str:
        """The URI that names it; what it means is found there."""
        return f"{PREFIX}/problems/{self.slug}"


@frozen
class BadField:
    """One parameter, header or member of the body that is wrong."""

    name: Annotated[str, msgspec.Meta(description="As it was given.")]
    detail: Annotated[str, msgspec.Meta(description="What it has to be.")]


@frozen
class ProblemShown:
    """What went wrong, as RFC 9457 has it."""

    type: Annotated[
        str,
        msgspec.Meta(
            description="Names the kind of problem and never changes. Relative; what "
            "it means is found there."
        ),
    ]
    title: str
    status: int
    detail: str = ""
    errors: tuple[BadField, ...] = ()


class Refused(Exception):
    """A request that goes no further."""

    def __init__(
        self,
        fault: Fault,
        detail: str = "",
        errors: Sequence[BadField] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.fault = fault
        self.content = problem_content(fault, detail, errors, headers)
        super().__init__(fault.slug)


def problem_content(
    fault: Fault,
    detail: str = "",
    errors: Sequence[BadField] = (),
    headers: Mapping[str, str] | None = None,
) -> Content:
    """The answer that tells of a fault."""
    shown = ProblemShown(fault.type, fault.title, fault.status, detail, tuple(errors))
    found = {**(headers or {})}
    if fault is Fault.UNAVAILABLE:
        found.setdefault("Retry-After", _RETRY_S)
    return Content(msgspec.json.encode(shown), PROBLEM_TYPE, fault.status, found)


def fault_of(problem: Problem) -> Fault:
    """The fault that stands for a problem of the site's, before any area hears."""
    return _FAULTS.get(problem, Fault.BROKEN)


_FAULTS: Final = {
    Problem.BAD_REQUEST: Fault.MALFORMED,
    Problem.NO_PAGE: Fault.NOT_FOUND,
    Problem.METHOD: Fault.METHOD,
    Problem.TOO_LARGE: Fault.TOO_LARGE,
    Problem.NO_DATABASE: Fault.UNAVAILABLE,
    Problem.NOT_STORED: Fault.UNAVAILABLE,
    Problem.UNCERTAIN: Fault.UNAVAILABLE,
    Problem.BUSY: Fault.UNAVAILABLE,
}
