"""The tables, as SQLAlchemy Core sees them.

Moments are seconds since 1970 in double precision; days are dates of the unit's
own calendar. The path of a message carries no foreign keys: its rows are written
in lists, in one transaction, by one writer, and SQLite and PostgreSQL would check
each of them again.
"""

from __future__ import annotations

__all__ = [
    "FILED",
    "ID",
    "LARGEST_ID",
    "OPEN",
    "OPEN_PART",
    "REFUSED_CODE",
    "UNASKED",
    "UNFILED",
    "UNREAD",
    "UNKNOWN",
    "api_tokens",
    "attempts",
    "audit",
    "binds",
    "confirmations",
    "broadcasts",
    "closed_months",
    "counters",
    "import_drafts",
    "inbox",
    "invitations",
    "keyed_arrivals",
    "late_changes",
    "long_messages",
    "metadata",
    "notices",
    "officers",
    "outbox",
    "part_references",
    "pins",
    "provinces",
    "receipts",
    "reports",
    "resends",
    "rounds",
    "sendings",
    "submissions",
    "units",
    "unrecognised",
    "users",
    "web_sessions",
]

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

ID = BigInteger().with_variant(Integer, "sqlite")
"""Row numbers; on SQLite the table's own rowid."""

LARGEST_ID: Final = 2**63 - 1
"""The last number that a row can have."""


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of the rows that fulfil a condition, on every database."""
    condition = text(where)
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Blocks of row numbers handed out (``row``), version of the directory."""

provinces = Table(
    "provinces",
    metadata,
    Column("keyword", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("aliases", Text, nullable=False),
)

units = Table(
    "units",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("province", Text, ForeignKey("provinces.keyword"), nullable=False),
    Column("kinds", Text, nullable=False),
    Column("capacity", Integer),
    Column("city", Text, nullable=False),
    Column("aliases", Text, nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
)
"""``kinds`` and ``aliases`` hold their values between ``|``."""

officers = Table(
    "officers",
    metadata,
    Column("number", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("unit", Text, ForeignKey("units.code")),
    Column("provinces", Text, nullable=False),
    Column("rights", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("active", Boolean, nullable=False),
)

pins = Table(
    "pins",
    metadata,
    Column("number", Text, ForeignKey("officers.number"), primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("set_at", Double, nullable=False),
)
"""The rights of officers that a PIN keeps, each as a subject."""

invitations = Table(
    "invitations",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("code_hash", Text, nullable=False, unique=True),
    Column("unit", Text, ForeignKey("units.code"), nullable=False),
    Column("rights", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("used_at", Double),
    Column("number", Text),
    Column("revoked_at", Double),
)
"""Codes by which a number registers itself; ``number`` is the one that did."""

attempts = Table(
    "attempts",
    metadata,
    Column("number", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Double, nullable=False),
)
"""Failures in a row of a number: with codes (``code``), with the PIN of a right."""

binds = Table(
    "binds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("link", Text, nullable=False),
    Column("node", Text, nullable=False),
    Column("began_at", Double, nullable=False),
    Column("heartbeat_at", Double, nullable=False),
    Column("ended_at", Double),
    _partial("binds_open", "node", where="ended_at IS NULL"),
)
"""One row a session of a link; after a crash it ended at its last heartbeat."""

UNKNOWN = "outcome = 'unknown' AND state = 'done'"
"""The condition of the partial index of answered unknown senders."""

REFUSED_CODE = "outcome IN ('bad_code', 'code_locked') AND reason = ''"
"""The condition of the partial index of answered wrong registration codes."""

FILED = "filed"
UNFILED = "NOT filed"
"""The conditions of the partial indexes by which numbers are found."""

inbox = Table(
    "inbox",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("arrival_id", Text, nullable=False, unique=True),
    Column("link", Text, nullable=False),
    Column("bind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("number", Text),
    Column("destination", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("arrived_at", Double, nullable=False),
    Column("sent_at", Double),
    Column("acked_at", Double),
    Column("redelivery_of", ID),
    Column("matched", Boolean, nullable=False),
    Column("filed", Boolean, nullable=False, server_default=true()),
    Index("inbox_arrived", "arrived_at"),
    _partial("inbox_number", "number", "arrived_at", where=FILED),
    _partial("inbox_unfiled", "arrived_at", where=UNFILED),
    _partial("inbox_unknown", "arrived_at", where=UNKNOWN),
    _partial("inbox_refused_code", "arrived_at", where=REFUSED_CODE),
)
"""Every arrival. ``number`` is the sender in E.164 if it is a subscriber;
``outcome`` names what the command decided; ``matched`` says that a later
delivery was taken for a redelivery of this one. ``filed`` says that it is found by its
number through an index: each number has a page of its own there, which on SQLite no
message is to wait for, so new ones are filed some thousand at a time, soon after."""

keyed_arrivals = Table(
    "keyed_arrivals",
    metadata,
    Column("fingerprint", LargeBinary, primary_key=True),
    Column("inbox_id", ID, primary_key=True, autoincrement=False),
    Column("shelf", Text),
    Column("slot", Integer),
    _partial("keyed_arrivals_shelf", "shelf", where="shelf IS NOT NULL"),
    sqlite_with_rowid=False,
)
"""The arrivals that have a key. A table and not an index of ``inbox``, which every
arrival without one would pay for. ``shelf`` and ``slot`` tell where a message lay that
is known by nothing else."""

OPEN_PART = "state = 'open'"
"""The condition of the partial index of long messages that wait for parts."""

long_messages = Table(
    "long_messages",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("reference", Integer, nullable=False),
    Column("width", SmallInteger, nullable=False),
    Column("total", SmallInteger, nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("set_id", ID, nullable=False),
    Column("inbox_id", ID, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("arrived_at", Double, nullable=False),
    Index("long_messages_key", "source", "destination", "reference"),
    _partial("long_messages_open", "arrived_at", where=OPEN_PART),
)
"""The parts of long messages; the parts of one text share ``set_id``."""

submissions = Table(
    "submissions",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("unit", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("inbox_id", ID, nullable=False),
    Column("number", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("old_values", Text),
    Column("new_values", Text, nullable=False),
    Column("first", Boolean, nullable=False),
    Column("stored_at", Double, nullable=False),
    Column("flags", Text),
    Column("replaces", ID),
    Column("undoes", ID),
    Column("restores", ID),
    Index("submissions_inbox_id", "inbox_id"),
    _partial("submissions_undoes", "undoes", where="undoes IS NOT NULL"),
)
"""The history of all reports, only ever added to. Values stand in the form's
order with spaces between; ``flags``, too, have spaces between. ``replaces`` is the
submission that held before. An undo is a row as well: it ``undoes`` one submission,
its new values are those that hold from then on, empty where none do, and
``restores`` is the submission they are of, where the undo brought them back.

Of what a user entered by a page ``number`` has his name as the audit log has it,
``text`` says why, and ``inbox_id`` is 0."""

confirmations = Table(
    "confirmations",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("inbox_id", ID, nullable=False),
    Column("text", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("new_values", Text, nullable=False),
    Column("named", Boolean, nullable=False),
    Column("flags", Text, nullable=False),
    Column("asked_at", Double, nullable=False),
    Column("settled_at", Double),
    Column("settled_by", ID),
    Column("confirmed", Boolean, nullable=False),
    Index("confirmations_number", "number"),
)
"""The reports that their senders were asked to confirm; ``settled_by`` is the
message that did, or that took them back."""

reports = Table(
    "reports",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("form", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("value", Integer, nullable=False),
    Column("submission_id", ID, nullable=False),
    sqlite_with_rowid=False,
)
"""The figures that hold now, one row a field."""

late_changes = Table(
    "late_changes",
    metadata,
    Column("form", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("submission_id", ID, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""The submissions that changed a day long after it was over, so that sums of old days
can be kept in memory. Almost no report is one: a column or an index of ``submissions``
would cost them all."""

OPEN = "state IN ('queued', 'claimed', 'in_doubt')"
"""The condition of the partial index; a query must hold it word for word."""

UNASKED = "inbox_id IS NULL"
"""The condition of the partial index of what went out as no reply."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("inbox_id", ID),
    Column("link", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("alphabet", Text, nullable=False),
    Column("part_reference", Integer),
    Column("part_width", SmallInteger),
    Column("part_total", SmallInteger, nullable=False),
    Column("part_number", SmallInteger, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("resent", Boolean, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("bind", Text),
    Column("created_at", Double, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("sent_at", Double),
    Column("final_at", Double),
    Column("smsc_id", Text),
    Column("smsc_key", Text),
    Column("error", Text),
    Column("submit_pdu", LargeBinary),
    Column("answer_pdu", LargeBinary),
    Index("outbox_inbox_id", "inbox_id"),
    Index("outbox_created", "created_at"),
    _partial("outbox_unasked", "number", "created_at", where=UNASKED),
    _partial("outbox_open", "link", "priority", "id", where=OPEN),
    _partial("outbox_smsc_key", "smsc_key", where="smsc_key IS NOT NULL"),
)
"""What goes out, one row a part. ``smsc_id`` is the carrier's id as it came,
``smsc_key`` the form by which receipts are matched; ``submit_pdu`` and
``answer_pdu`` are the octets of the last attempt that had an outcome."""

resends = Table(
    "resends",
    metadata,
    Column("first_row", ID, primary_key=True, autoincrement=False),
    Column("of_row", ID, nullable=False, unique=True),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Double, nullable=False),
)
"""Replies that operators sent once more: the first part of the copy, and that of what
it is a copy of, which has no other."""

part_references = Table(
    "part_references",
    metadata,
    Column("number", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""The last reference of a long message to each destination."""

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("actor", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("selection", Text, nullable=False),
    Column("numbers", Integer, nullable=False),
    Column("last_row", ID, nullable=False),
    Column("created_at", Double, nullable=False),
)
"""What operators sent to many. Its parts in ``outbox`` are the rows after ``id`` up to
``last_row``: numbers are taken in blocks by one transaction at a time, so that those of
one follow each other and no other has any between them."""

UNREAD = "done_at IS NULL"
"""The condition of the partial index of what a person has still to read."""

unrecognised = Table(
    "unrecognised",
    metadata,
    Column("inbox_id", ID, primary_key=True, autoincrement=False),
    Column("done_at", Double),
    Column("done_by", Text),
    Column("note", Text),
    _partial("unrecognised_open", "inbox_id", where=UNREAD),
)
"""The arrivals that no command understood. A table and not an index of ``inbox``,
which every report would pay for."""

receipts = Table(
    "receipts",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("inbox_id", ID, nullable=False),
    Column("link", Text, nullable=False),
    Column("number", Text),
    Column("smsc_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("arrived_at", Double, nullable=False),
    Column("outbox_id", ID),
    Index("receipts_outbox_id", "outbox_id"),
    _partial("receipts_parked", "arrived_at", where="outbox_id IS NULL"),
)

rounds = Table(
    "rounds",
    metadata,
    Column("purpose", Text, primary_key=True),
    Column("zone", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("time", Text, primary_key=True),
    Column("begun_at", Double, nullable=False),
    sqlite_with_rowid=False,
)
"""What is done once around each deadline and was: its key is the lock."""

notices = Table(
    "notices",
    metadata,
    Column("purpose", Text, primary_key=True),
    Column("zone", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("time", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("forms", Text, nullable=False),
    Column("outbox_id", ID, nullable=False),
    sqlite_with_rowid=False,
)
"""Whom each round told: of a unit, or with an empty ``place`` of a whole zone."""

audit = Table(
    "audit",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
"""Changes made by people; each hash covers the row and the hash before it."""

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("unit", Text, ForeignKey("units.code")),
    Column("provinces", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("hash_set_at", Double, nullable=False),
    Column("logged_in_at", Double),
)
"""Who may log in to the pages; ``hash`` is of the password, by argon2id."""

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("name", Text, ForeignKey("users.name"), nullable=False),
    Column("begun_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Index("web_sessions_name", "name"),
)
"""Who is logged in. The token itself is with the browser only."""

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("unit", Text, ForeignKey("units.code")),
    Column("provinces", Text, nullable=False),
    Column("made_by", Text, ForeignKey("users.name"), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
)
"""By what programs use the API. The token itself is with the program only."""

closed_months = Table(
    "closed_months",
    metadata,
    Column("month", Date, primary_key=True),
    Column("closed_by", Text, nullable=False),
    Column("closed_at", Double, nullable=False),
)
"""Months, by their first days, of which no figure changes any more."""

import_drafts = Table(
    "import_drafts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("replaces", Boolean, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Double, nullable=False),
)
"""Files to import that wait until who sent them has seen what they would change."""

sendings = Table(
    "sendings",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=False),
    Column("token_id", ID, ForeignKey("api_tokens.id"), nullable=False),
    Column("key", Text),
    Column("digest", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("parts", SmallInteger, nullable=False),
    Column("last_row", ID, nullable=False),
    Column("created_at", Double, nullable=False),
    UniqueConstraint("token_id", "key"),
    Index("sendings_token", "token_id", "created_at"),
    Index("sendings_number", "number", "created_at"),
)
"""What programs sent. Its parts in ``outbox`` are rows after ``id`` up to ``last_row``;
``key`` is what the program calls it, empty once that is free again, and ``digest`` by
what the same is known again."""
