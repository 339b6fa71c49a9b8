"""Tests for `smscentre.tracing`: a message's life as lines and as JSON."""

from __future__ import annotations

import datetime
import json
from zoneinfo import ZoneInfo

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.messages import Address
from smscentre.moments import TraceStyle, moments
from smscentre.smpp import codec, pdus
from smscentre.smpp.codes import Status
from smscentre.smpp.pdus import ShortMessage
from smscentre.store.recent import Listed
from smscentre.store.trace import (
    Arrived,
    Bound,
    Filed,
    Receipted,
    Resent,
    Sent,
    Story,
)
from smscentre.tracing import list_json, list_lines, story_json, story_lines
from tests.gsm import octets as gsm

NUMBER = "+628111203001"
AT = datetime.datetime(2008, 4, 27, 8, 0, tzinfo=ZoneInfo("Asia/Jakarta")).timestamp()
STYLE = TraceStyle(ZoneInfo("Asia/Jakarta"))

OFFICER, CENTRE = Address("628111203001", 1, 1), Address("02170252704", 0, 1)
DELIVER = codec.encode(
    pdus.DeliverSm(17, ShortMessage(OFFICER, CENTRE, b"RUTAN 1 2 3 4"))
)
SUBMIT = codec.encode(pdus.SubmitSm(5, ShortMessage(CENTRE, OFFICER, b"Insert Data")))
ACCEPTED = codec.encode(pdus.SubmitSmResp(5, 0, "1001"))
REFUSED = codec.encode(pdus.SubmitSmResp(5, Status.RTHROTTLED))

ARRIVED = Arrived(
    id=1204,
    arrival_id="carrier-ab:17",
    link="carrier",
    bind="carrier-ab",
    source="628111203001",
    number=NUMBER,
    destination="02170252704",
    text="RUTAN 1 2 3 4",
    raw=DELIVER,
    state="done",
    outcome="insert",
    reason="",
    arrived_at=AT,
    sent_at=None,
    acked_at=AT + 0.002,
    redelivery_of=None,
)
FILED = Filed(
    1205,
    "1203",
    "RUTAN",
    datetime.date(2008, 4, 27),
    1204,
    None,
    "1 2 3 4",
    AT,
)
SENT = Sent(
    id=1206,
    inbox_id=1204,
    link="carrier",
    number=NUMBER,
    text="Insert Data",
    part_total=1,
    part_number=1,
    state="sent",
    resent=False,
    attempts=1,
    bind="carrier-ab",
    created_at=AT,
    due_at=AT,
    expires_at=AT + 86400,
    sent_at=AT + 0.01,
    final_at=None,
    smsc_id="1001",
    error=None,
    submit_pdu=SUBMIT,
    answer_pdu=ACCEPTED,
)
RECEIPT = Receipted(
    1208, 1207, 1206, "1001", "delivered", "stat:DELIVRD", AT + 4, DELIVER, AT + 4.001
)
BIND = Bound("carrier-ab", "centre-1", AT - 60, None)


def story(arrived: Arrived = ARRIVED, sent: Sent = SENT, *receipts: Receipted) -> Story:
    """A message with one report and one part of a reply."""
    return Story([arrived], [FILED], [sent], list(receipts), {BIND.id: BIND})


DELIVERED = story(ARRIVED, evolve(SENT, state="delivered", final_at=AT + 4), RECEIPT)


class MomentTests(SynchronousTestCase):
    """What happened, in the order of time."""

    def told(self, of: Story) -> list[str]:
        """What each moment says."""
        return [moment.what for moment in moments(of, STYLE)]

    def ends(self, **values: object) -> str:
        """How a part's life is said to stand."""
        sent = evolve(SENT, **values)  # type: ignore[arg-type]  # any columns
        return moments(story(ARRIVED, sent), STYLE)[-1].what

    def test_from_arrival_to_receipt(self) -> None:
        """Every step once."""
        self.assertEqual(
            self.told(DELIVERED),
            [
                "arrived",
                "became done: insert",
                "the day's first report was stored",
                "reply part 1 of 1 created",
                "acknowledged",
                "reply part 1 of 1 sent",
                "reply part 1 of 1 delivered",
                "receipt matched: delivered",
                "receipt acknowledged",
            ],
        )

    def test_the_steps_of_a_part(self) -> None:
        """Whatever state it is in."""
        unsent = {"sent_at": None, "smsc_id": None}
        for state, final_at, words in (
            ("queued", None, "waits"),
            ("claimed", None, "not answered yet"),
            ("in_doubt", None, "in doubt: written"),
            ("failed", AT + 9, "failed"),
            ("expired", AT + 9, "expired"),
            ("uncertain", AT + 9, "not sent again"),
        ):
            end = self.ends(state=state, final_at=final_at, **unsent)
            self.assertIn(words, end)

    def test_what_was_refused(self) -> None:
        """The carrier's words, what it was asked, and when it is tried again."""
        error = "0x58 ESME_RTHROTTLED: Throttling error"
        sent = evolve(
            SENT, state="queued", sent_at=None, error=error, answer_pdu=REFUSED
        )
        last = moments(story(ARRIVED, sent), STYLE)[-1]
        self.assertFalse(last.exact)
        self.assertEqual(last.details["last error"], error)
        self.assertIn("08:00:00", last.details["next try"])
        self.assertEqual([one.data for one in last.octets], [SUBMIT, REFUSED])

    def test_a_second_copy_is_told(self) -> None:
        """The officer may have it twice."""
        resent = story(ARRIVED, evolve(SENT, resent=True, attempts=2))
        last = moments(resent, STYLE)[-1]
        self.assertIn("sent once more", last.details["copies"])
        self.assertIn("2 times", last.details["tried"])

    def test_a_redelivery(self) -> None:
        """Names the message that took effect."""
        again = evolve(ARRIVED, id=1300, state="redelivered", redelivery_of=1204)
        self.assertIn(
            "arrived again: a redelivery of message 1204",
            self.told(evolve(story(), arrivals=[ARRIVED, again])),
        )

    def test_a_part_of_a_long_message(self) -> None:
        """By its place."""
        self.assertIn(
            "arrived: part 2 of 3 of a long message",
            self.told(story(evolve(ARRIVED, part=2, total=3))),
        )

    def test_a_silence(self) -> None:
        """With its reason."""
        silent = evolve(ARRIVED, state="silent", outcome="", reason="short_code")
        self.assertIn("became silent: short_code", self.told(story(silent)))

    def test_sent_once_more(self) -> None:
        """Who wanted it and why, before the copy."""
        failed = evolve(SENT, state="failed", sent_at=None, final_at=AT + 1)
        copy = evolve(SENT, id=1300, created_at=AT + 60, sent_at=AT + 61)
        again = Resent(1300, 1206, "web:sari", "nomor\x1b diperbaiki", AT + 60)
        whole = Story([ARRIVED], [FILED], [failed, copy], [], {}, [again])
        told = self.told(whole)
        words = r"the reply was sent once more by web:sari: nomor\x1b diperbaiki"
        self.assertEqual(
            told[-4:],
            ["reply part 1 of 1 failed", words]
            + [f"reply part 1 of 1 {what}" for what in ("created", "sent")],
        )

    def test_no_acknowledgement(self) -> None:
        """It is not known, and said so."""
        told = self.told(story(evolve(ARRIVED, acked_at=None)))
        self.assertIn("not known to be acknowledged", told)


class LineTests(SynchronousTestCase):
    """For people."""

    def text(self, of: Story) -> str:
        """All lines."""
        return "\n".join(story_lines(of, STYLE))

    def test_first_what_became_of_it(self) -> None:
        """One line sums it up."""
        self.assertEqual(
            next(iter(story_lines(DELIVERED, STYLE))),
            f"message 1204 from {NUMBER}, done: insert; reply: delivered",
        )

    def test_times_are_the_centres(self) -> None:
        """To the millisecond."""
        self.assertIn(
            "\n2008-04-27 08:00:00.002 WIB  acknowledged\n", self.text(story())
        )

    def test_octets_in_hexadecimal_and_in_words(self) -> None:
        """Of what came, of what went, and of its answer."""
        text = self.text(DELIVERED)
        for words in (
            f"deliver_sm, {len(DELIVER)} octets",
            "0000  00 00 00 45 00 00 00 05 00 00 00 00 00 00 00 11",
            "0x00000005 deliver_sm",
            f"submit_sm, {len(SUBMIT)} octets",
            "1 international",
            "message_id       '1001'",
        ):
            self.assertIn(words, text)

    def test_long_octets_take_several_lines(self) -> None:
        """Sixteen a line, below each other."""
        message = ShortMessage(OFFICER, CENTRE, b"x" * 20)
        raw = codec.encode(pdus.DeliverSm(17, message))
        lines = self.text(story(evolve(ARRIVED, raw=raw))).splitlines()
        first, *_ = (n for n, line in enumerate(lines) if "short_message  " in line)
        octets = [line.split("  ")[-1].strip() for line in lines[first : first + 2]]
        self.assertEqual(octets, [" ".join(["78"] * 16), " ".join(["78"] * 4)])

    def test_the_acknowledgement_is_rebuilt(self) -> None:
        """From the sequence of what it acknowledges; that is said."""
        text = self.text(story())
        self.assertIn("deliver_sm_resp (not stored, rebuilt", text)
        self.assertIn(codec.encode_deliver_sm_resp(17)[:16].hex(" "), text)

    def test_a_text_cannot_steer_the_terminal(self) -> None:
        """Control characters are written out."""
        text = self.text(story(evolve(ARRIVED, text="a\x1b[2Jb\nc\u202e")))
        self.assertIn("a\\x1b[2Jb\\nc\\u202e", text)
        self.assertNotIn("\x1b", text)

    def test_a_phone_link(self) -> None:
        """Its octets are no PDU, and have no acknowledgement to rebuild."""
        text = self.text(
            story(evolve(ARRIVED, raw=b"HELP"), evolve(SENT, state="queued"))
        )
        self.assertIn("octets, 4 octets", text)
        self.assertIn("48 45 4c 50", text)
        self.assertNotIn("deliver_sm_resp", text)

    def test_a_part_alone(self) -> None:
        """What nobody asked for is headed by its receiver."""
        alone = Story([], [], [SENT], [], {})
        self.assertTrue(self.text(alone).startswith(f"part 1206 to {NUMBER}, sent\n"))


class ModemTests(SynchronousTestCase):
    """What came and went by a modem."""

    STYLE = evolve(STYLE, modems=frozenset({"modem-1"}))
    CAME = evolve(ARRIVED, link="modem-1", raw=gsm.DELIVER)
    WENT = evolve(
        SENT,
        link="modem-1",
        submit_pdu=gsm.SUBMIT,
        answer_pdu=b"+CMGS: 7",
        smsc_id="7",
    )
    REPORT = evolve(RECEIPT, link="modem-1", raw=gsm.REPORT, smsc_id="7")

    def text(self, of: Story) -> str:
        """All lines."""
        return "\n".join(story_lines(of, self.STYLE))

    def test_tpdus_in_hexadecimal_and_in_words(self) -> None:
        """Of what came and of what went, each under the name of its type."""
        text = self.text(story(self.CAME, self.WENT, self.REPORT))
        for words in (
            f"SMS-DELIVER, {len(gsm.DELIVER)} octets",
            "0000  07 91 72 83 01 00 10 f5 04 0b c8 72 38 88 09 00",
            "  text          'hellohello'",
            f"SMS-SUBMIT, {len(gsm.SUBMIT)} octets",
            "TP-VP           0xA7 24 h",
            "line  +CMGS: 7",
            "reference  7",
            f"SMS-STATUS-REPORT, {len(gsm.REPORT)} octets",
            "TP-ST           0x00 delivered",
        ):
            self.assertIn(words, text)
        self.assertNotIn("deliver_sm", text)

    def test_it_is_deleted_in_place_of_acknowledged(self) -> None:
        """By the command that does so; a report too."""
        told = [
            moment.what
            for moment in moments(story(self.CAME, self.WENT, self.REPORT), self.STYLE)
        ]
        self.assertIn("deleted from the modem", told)
        self.assertIn("receipt deleted from the modem", told)
        self.assertIn("AT+CMGD", self.text(story(self.CAME)))

    def test_what_stayed_in_the_modem(self) -> None:
        """It is not known to be deleted."""
        text = self.text(story(evolve(self.CAME, acked_at=None)))
        self.assertIn("not known to be deleted from the modem", text)

    def test_a_refusal(self) -> None:
        """The modem's line as it came."""
        went = evolve(self.WENT, state="failed", answer_pdu=b"+CMS ERROR: 21")
        self.assertIn("line  +CMS ERROR: 21", self.text(story(self.CAME, went)))

    def test_a_line_that_is_no_tpdu(self) -> None:
        """Shown as it was; it cannot steer the terminal."""
        text = self.text(story(evolve(self.CAME, raw=b"\x1b[2Jzz")))
        self.assertIn("which is no TPDU", text)
        self.assertIn("line  \\x1b[2Jzz", text)

    def test_a_modem_that_was_taken_out(self) -> None:
        """Its octets are shown without words."""
        text = "\n".join(story_lines(story(self.CAME), STYLE))
        self.assertIn("octets, 36 octets", text)


class JsonTests(SynchronousTestCase):
    """For programs."""

    def test_the_same_moments(self) -> None:
        """With octets and fields."""
        told = json.loads(story_json(DELIVERED, STYLE))
        what = [moment.what for moment in moments(DELIVERED, STYLE)]
        self.assertEqual([moment["what"] for moment in told["moments"]], what)
        first = told["moments"][0]
        self.assertEqual(first["at"], "2008-04-27T08:00:00.000+07:00")
        self.assertEqual(first["octets"][0]["hex"], DELIVER.hex())
        self.assertIn(
            {"name": "sequence_number", "value": "17"}, first["octets"][0]["fields"]
        )


class ListTests(SynchronousTestCase):
    """A line each."""

    LISTED = Listed(
        1204, AT, "carrier", "628111203001", NUMBER, "x" * 200, "done", "insert", "",
        ["delivered", "sent", "sent"],
    )  # fmt: skip

    def test_columns(self) -> None:
        """What became of the message and of each part of its reply."""
        short = evolve(self.LISTED, text="HELP", replies=[], reason="sender_limit")
        head, first, second = list_lines([self.LISTED, short], STYLE)
        self.assertTrue(head.split(), ["id", "arrived", "link", "from", "became"])
        self.assertIn("2008-04-27 08:00:00", first)
        self.assertIn("1 delivered, 2 sent", first)
        self.assertTrue(first.endswith("x..."))
        self.assertIn("done: insert, sender_limit", second)
        self.assertTrue(second.endswith("none                 HELP"), second)

    def test_json_has_whole_texts(self) -> None:
        """And times with their zone."""
        (told,) = json.loads(list_json([self.LISTED], STYLE))
        self.assertEqual(told["text"], "x" * 200)
        self.assertEqual(told["arrived_at"], "2008-04-27T08:00:00.000+07:00")
