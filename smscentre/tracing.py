"""One message from arrival to receipt, as lines or JSON for an operator.

After `moments`, which puts in order what `store.trace` read. It shows numbers and texts
whole, for that is what it is asked for; it reads no database and decides nothing.
"""

from __future__ import annotations

__all__ = ["list_json", "list_lines", "story_json", "story_lines", "trace_style"]

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import asdict

from smscentre.config import Config
from smscentre.moments import (
    TraceStyle,
    became,
    moments,
    printable,
    reply_states,
    time_words,
)
from smscentre.octets import fields_of, hex_lines
from smscentre.store.recent import Listed
from smscentre.store.trace import Story

_HEX = re.compile(r"[0-9a-f]{2}( [0-9a-f]{2})*")
_HEX_LINE = re.compile(r"(?:[0-9a-f]{2} ?){1,16}")
_LIST_TEXT = 60


def trace_style(config: Config) -> TraceStyle:
    """How the octets of each link are read, and in which zone moments are told."""
    alphabets = {link.name: link.alphabet for link in config.smpp}
    modems = frozenset(link.name for link in config.modem)
    return TraceStyle(config.centre.timezone, alphabets, modems)


def story_lines(story: Story, style: TraceStyle) -> Iterator[str]:
    """A message's life for people."""
    yield _headline(story)
    for moment in moments(story, style):
        mark = "" if moment.exact else " or later"
        yield ""
        yield f"{time_words(moment.at, style)}{mark}  {moment.what}"
        yield from _table(list(moment.details.items()), "    ")
        for octets in moment.octets:
            yield f"    {octets.title}, {len(octets.data)} octets"
            yield from (f"        {line}" for line in hex_lines(octets))
            named = [(one.name, one.value) for one in fields_of(octets, style)]
            yield from _table(named, "        ")


def story_json(story: Story, style: TraceStyle) -> str:
    """A message's life for programs."""
    told = [
        {
            "at": time_words(moment.at, style, iso=True),
            "exact": moment.exact,
            "what": moment.what,
            "details": dict(moment.details),
            "octets": [
                {
                    "title": octets.title,
                    "hex": octets.data.hex(),
                    "fields": [
                        {"name": one.name.strip(), "value": one.value}
                        for one in fields_of(octets, style)
                    ],
                }
                for octets in moment.octets
            ],
        }
        for moment in moments(story, style)
    ]
    return _json({"message": _headline(story), "moments": told})


def list_lines(messages: Sequence[Listed], style: TraceStyle) -> Iterator[str]:
    """A line for each message."""
    rows = [("id", "arrived", "link", "from", "became", "reply", "text")]
    for one in messages:
        rows.append(
            (
                str(one.id),
                time_words(one.arrived_at, style)[:19],
                one.link,
                printable(one.number or one.source),
                became(one),
                reply_states(one.replies),
                _shortened(printable(one.text)),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def list_json(messages: Sequence[Listed], style: TraceStyle) -> str:
    """The same for programs, with whole texts."""
    return _json(
        [
            asdict(one) | {"arrived_at": time_words(one.arrived_at, style, iso=True)}
            for one in messages
        ]
    )


def _headline(story: Story) -> str:
    replies = reply_states([part.state for part in story.sent])
    if not story.arrivals:
        part = story.sent[0]
        return f"part {part.id} to {part.number}, {replies}"
    # The last one is the one that was understood, if the text came in parts.
    own = [one for one in story.arrivals if one.redelivery_of is None]
    last = (own or story.arrivals)[-1]
    sender = printable(last.number or last.source)
    return f"message {last.id} from {sender}, {became(last)}; reply: {replies}"


def _table(rows: Sequence[tuple[str, str]], indent: str) -> Iterator[str]:
    """Names and values in two columns; long octets take several lines."""
    width = max((len(name) for name, _ in rows), default=0)
    for name, value in rows:
        first, *others = _hex_cut(value)
        yield f"{indent}{name.ljust(width)}  {first}"
        for other in others:
            yield f"{indent}{' ' * width}  {other}"


def _hex_cut(value: str) -> list[str]:
    """A value, cut into lines if it is nothing but octets."""
    return _HEX_LINE.findall(value) if _HEX.fullmatch(value) else [value]


def _shortened(text: str) -> str:
    return text if len(text) <= _LIST_TEXT else f"{text[: _LIST_TEXT - 3]}..."


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
