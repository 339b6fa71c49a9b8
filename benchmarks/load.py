"""The load: a carrier that does nothing but hurry, in a process of its own.

Listens, takes one bind, delivers reports of many officers within a window and
answers every submit at once. PDUs are prebuilt octets with a patched sequence and
figure, and only headers and destinations are read back, so that the load costs far
less than what it measures. An officer's figures change a little from report to report,
as on most days. Prints one JSON object a line.
"""

from __future__ import annotations

__all__ = ["Link", "Summary", "drain", "main", "number_of", "percentile", "run"]

import argparse
import gc
import json
import select
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from attrs import asdict, define, field, frozen

OFFICERS = 500

_GENERIC_NACK = 0x80000000
_SUBMIT, _SUBMIT_RESP = 0x04, 0x80000004
_DELIVER, _DELIVER_RESP = 0x05, 0x80000005
_UNBIND, _UNBIND_RESP = 0x06, 0x80000006
_ENQUIRE, _ENQUIRE_RESP = 0x15, 0x80000015
_BINDS = {0x01, 0x02, 0x09}

_HEADER = struct.Struct(">LLLL")
_SOURCE = 19
"""Where the source address of a submit_sm without a service_type begins."""
_CONFIRMS = b" berhasil, Tahanan P="
_PATIENCE_S = 30.0
_CENTRE = b"02170252704"

_FIRST_NUMBER = 62811_2_000_000
_STEPS = 4
"""So many values the first figure of an officer takes in turn: the same text twice in
a row would be a repetition and no report."""


def number_of(officer: int) -> str:
    """The number of an officer, in the digits of E.164."""
    return f"{_FIRST_NUMBER + officer}"


@frozen
class Summary:
    """One measured phase. Times are in milliseconds, the rate in messages a second.

    ``ack`` is from deliver_sm to its response, ``reply`` from deliver_sm to the
    submit_sm that answers it. ``other`` counts submits that answer nothing.
    """

    window: int
    messages: int
    seconds: float
    rate: float
    ack_p50: float
    ack_p99: float
    reply_p50: float
    reply_p99: float
    refused: int
    other: int
    in_order: bool = True
    sample: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of all lies, in milliseconds; 0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


class Link:
    """One connection of the centre: whole frames in, buffered octets out."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        self.out = bytearray()
        self._connection = connection
        self._rest = b""
        self._poll = select.poll()

    def flush(self) -> None:
        """Write what fits into the socket's buffer."""
        if self.out:
            with suppress(BlockingIOError):
                del self.out[: self._connection.send(self.out)]

    def flush_all(self) -> None:
        """Write everything, however long the far end takes to read it."""
        writable = select.poll()
        writable.register(self._connection, select.POLLOUT)
        while self.out:
            writable.poll()
            self.flush()

    def frames(
        self, patience_s: float = _PATIENCE_S
    ) -> list[tuple[int, int, int, bytes]]:
        """Wait for octets: command, status, sequence and whole frame of each PDU.

        :raises TimeoutError: when nothing comes.
        :raises EOFError: when the connection closed.
        """
        self.flush()
        wanted = select.POLLIN | (select.POLLOUT if self.out else 0)
        self._poll.register(self._connection, wanted)
        ready = self._poll.poll(patience_s * 1000)
        if not ready:
            raise TimeoutError
        if not ready[0][1] & (select.POLLIN | select.POLLHUP):
            return []
        data = self._connection.recv(1 << 18)
        if not data:
            raise EOFError
        return self._split(self._rest + data)

    def _split(self, data: bytes) -> list[tuple[int, int, int, bytes]]:
        found = []
        position, end = 0, len(data)
        while end - position >= 16:
            length, command, status, sequence = _HEADER.unpack_from(data, position)
            if end - position < length:
                break
            frame = data[position : position + length]
            found.append((command, status, sequence, frame))
            position += length
        self._rest = data[position:]
        return found

    def serve(self, command: int, sequence: int) -> None:
        """Answer what is neither a message nor a response."""
        if command == _ENQUIRE:
            self.out += _HEADER.pack(16, _ENQUIRE_RESP, 0, sequence)
        elif command == _UNBIND:
            self.out += _HEADER.pack(16, _UNBIND_RESP, 0, sequence)
        elif command in _BINDS:
            self.out += _HEADER.pack(21, command | _GENERIC_NACK, 0, sequence)
            self.out += b"load\0"

    def accept_submit(self, sequence: int) -> None:
        """Answer a submit with an id of its own."""
        name = b"%d\0" % sequence
        self.out += _HEADER.pack(16 + len(name), _SUBMIT_RESP, 0, sequence) + name

    def wait_bound(self) -> None:
        """Answer the bind."""
        while True:
            for command, _, sequence, _ in self.frames():
                self.serve(command, sequence)
                if command in _BINDS:
                    self.flush_all()
                    return


Template = tuple[bytes, bytes, int, bytes]
"""The octets of a deliver_sm before the sequence and before the first figure, the
least that this is, and the octets after it."""


def _templates() -> list[Template]:
    """One deliver_sm for each officer, its first figure of two digits always."""
    found = []
    start = b"RUTAN "
    for officer in range(OFFICERS):
        tail = b" %d %d %d" % (officer % 90 + 10, officer % 80 + 10, officer % 70 + 10)
        body = b"".join(
            (
                b"\0\1\1" + number_of(officer).encode() + b"\0",
                b"\0\1" + _CENTRE + b"\0",
                bytes(9),
                bytes([len(start) + 2 + len(tail)]) + start,
            )
        )
        length = 16 + len(body) + 2 + len(tail)
        head = struct.pack(">LLL", length, _DELIVER, 0)
        found.append((head, body, officer % 60 + 20, tail))
    return found


@define
class Phase:
    """One measured phase under way.

    ``unanswered`` has the times of each officer's messages without a reply: replies to
    one officer come in the order of his messages.
    """

    window: int
    messages: int
    first: int
    sent_at: list[float] = field(factory=list)
    unanswered: list[deque[float]] = field(
        factory=lambda: [deque() for _ in range(OFFICERS)]
    )
    acks: list[float] = field(factory=list)
    replies: list[float] = field(factory=list)
    refused: int = 0
    other: int = 0
    sample: str = ""

    def reply(self, frame: bytes, now: float) -> None:
        """Find out which message a submit answers."""
        number = frame.index(0, _SOURCE) + 3
        officer = int(frame[number : frame.index(0, number)]) - _FIRST_NUMBER
        known = 0 <= officer < OFFICERS and self.unanswered[officer]
        if known and _CONFIRMS in frame:
            self.replies.append(now - self.unanswered[officer].popleft())
        else:
            self.other += 1
            self.sample = repr(frame[16:])

    @property
    def done(self) -> bool:
        """Whether every message came to its end."""
        answered = len(self.replies) + self.other + self.refused
        return answered >= self.messages and len(self.acks) >= self.messages


def run(link: Link, window: int, messages: int, first: int) -> Summary:
    """Deliver messages within a window and wait for all acknowledgements and replies.

    ``first`` is the serial number of the first message: unique in a run.
    """
    phase = Phase(window, messages, first)
    templates = _templates()
    began = time.perf_counter()
    try:
        while not phase.done:
            _fill(link, phase, templates)
            _read(link, phase)
    except TimeoutError:
        phase.sample = f"nothing came for {_PATIENCE_S:g} s; {phase.sample}"
    link.flush_all()
    seconds = time.perf_counter() - began
    return Summary(
        window=window,
        messages=messages,
        seconds=round(seconds, 3),
        rate=round(len(phase.replies) / seconds, 1),
        ack_p50=round(percentile(phase.acks, 0.50), 3),
        ack_p99=round(percentile(phase.acks, 0.99), 3),
        reply_p50=round(percentile(phase.replies, 0.50), 3),
        reply_p99=round(percentile(phase.replies, 0.99), 3),
        refused=phase.refused,
        other=phase.other,
        sample=phase.sample,
    )


def _fill(link: Link, phase: Phase, templates: list[Template]) -> None:
    """Send as many messages as the window has room for."""
    sent_at = phase.sent_at
    in_flight = len(sent_at) - len(phase.acks)
    room = min(phase.window - in_flight, phase.messages - len(sent_at))
    now = time.perf_counter()
    for _ in range(room):
        serial = phase.first + len(sent_at)
        turn, officer = divmod(serial, OFFICERS)
        head, body, least, tail = templates[officer]
        sequence = (serial + 1).to_bytes(4, "big")
        link.out += head + sequence + body + b"%d" % (least + turn % _STEPS) + tail
        sent_at.append(now)
        phase.unanswered[officer].append(now)


def _read(link: Link, phase: Phase) -> None:
    """Take in what came: acknowledgements and replies."""
    frames = link.frames()
    now = time.perf_counter()
    for command, status, sequence, frame in frames:
        if command == _DELIVER_RESP:
            phase.acks.append(now - phase.sent_at[sequence - 1 - phase.first])
            phase.refused += status != 0
        elif command == _SUBMIT:
            link.accept_submit(sequence)
            phase.reply(frame, now)
        else:
            link.serve(command, sequence)


def drain(link: Link, messages: int) -> Summary:
    """Take submits that wait for this carrier; look whether they come in order.

    Each text ends in its place in the queue, counted from 0.
    """
    places: list[int] = []
    began = time.perf_counter()
    while len(places) < messages:
        for command, _, sequence, frame in link.frames():
            if command == _SUBMIT:
                link.accept_submit(sequence)
                places.append(int(frame[frame.rindex(b" ") + 1 :]))
            else:
                link.serve(command, sequence)
    link.flush_all()
    seconds = time.perf_counter() - began
    rate = round(messages / seconds, 1)
    in_order = places == list(range(messages))
    return Summary(0, messages, round(seconds, 3), rate, 0, 0, 0, 0, 0, 0, in_order)


def _say(kind: str, **facts: object) -> None:
    print(json.dumps({"kind": kind, **facts}), flush=True)


def main() -> None:
    """Run the phases named on the command line, then wait for the end of input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="first serial number")
    parser.add_argument("--drain", type=int, default=0, help="submits to take first")
    parser.add_argument(
        "phases", nargs="*", metavar="WINDOW:MESSAGES", help="for example 100:50000"
    )
    options = parser.parse_args()
    gc.disable()
    with socket.create_server(("127.0.0.1", options.port)) as listener:
        _say("listening", port=listener.getsockname()[1])
        connection, _ = listener.accept()
    link = Link(connection)
    link.wait_bound()
    _say("bound")
    if options.drain:
        _say("drained", **asdict(drain(link, options.drain)))
    serial = options.first
    for phase in options.phases:
        window, messages = map(int, phase.split(":"))
        _say("phase", **asdict(run(link, window, messages, serial)))
        serial += messages
    _say("done")
    # Whoever started this may still want to look at the bound centre.
    sys.stdin.read()
    connection.close()


if __name__ == "__main__":
    main()
