"""Tests for `smscentre.at.results` and `smscentre.at.sim`."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.errors import RemoteProtocolError
from smscentre.at.results import ERRORS, Outcome, Result, read_result, refusal
from smscentre.at.sim import SimState, read_sim_state, sim_state
from smscentre.messages import Retry

CMS, CME = Outcome.CMS, Outcome.CME

NEVER = (1, 10, 28, 30, 50, 69, 96, 128, 144, 176, 193, 195, 197, 209, 303, 321, 340)
LATER = (8, 17, 21, 22, 27, 38, 41, 42, 47, 111, 127, 192, 194, 211, 255, 304, 322, 331)
AFTER_RECONNECT = (300, 305, 310, 311, 313, 316, 330)
UNKNOWN = (0, 2, 126, 131, 254, 256, 299, 350, 511, 512, 520, 65535)


class ReadTests(SynchronousTestCase):
    """A line that ends an answer, or does not."""

    def test_results(self) -> None:
        """Final results are known in any case, numbers and words alike."""
        rows: tuple[tuple[str, Outcome, int | None], ...] = (
            ("OK", Outcome.OK, None),
            ("ok", Outcome.OK, None),
            ("ERROR", Outcome.ERROR, None),
            ("COMMAND NOT SUPPORT", Outcome.ERROR, None),
            ("+CME ERROR: 10", CME, 10),
            ("+CME ERROR:10", CME, 10),
            ("+CMS ERROR: 500", CMS, 500),
            ("+CMS ERROR : 38", CMS, 38),
            ("+CME ERROR: SIM PIN required", CME, 11),
            ("+CMS ERROR: (U)SIM PIN required", CMS, 311),
            ("+CMS ERROR: Network timeout", CMS, 332),
            ("+CMS ERROR: what nobody knows", CMS, None),
            ("+CMS ERROR:", CMS, None),
            ("+CMS ERROR: 123456789", CMS, None),
        )
        for line, outcome, code in rows:
            self.assertEqual(read_result(line), Result(outcome, line, code), line)

    def test_others(self) -> None:
        """Lines of an answer, unsolicited ones and words with more in them do not."""
        for line in ("+CSQ: 3,99", "OKAY", "OK OK", "ERRORS", "RING", "", "0"):
            self.assertIsNone(read_result(line), line)

    def test_calls(self) -> None:
        """A call's results end the answer of what dials, and of nothing else."""
        for line in ("NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE", "CONNECT 9600"):
            self.assertIsNone(read_result(line), line)
            result = read_result(line, dials=True)
            self.assertEqual(result, Result(Outcome.CALL, line), line)

    def test_only_ok_is_ok(self) -> None:
        """All else says that the command was not carried out."""
        for outcome in Outcome:
            self.assertEqual(Result(outcome, "").ok, outcome is Outcome.OK)


class RefusalTests(SynchronousTestCase):
    """Every error says when to try again."""

    def test_retry(self) -> None:
        """The message's own never, the SIM's after a new start, all others later."""
        rows = (
            (NEVER, Retry.NEVER),
            (LATER + UNKNOWN, Retry.LATER),
            (AFTER_RECONNECT, Retry.AFTER_RECONNECT),
        )
        for codes, retry in rows:
            for code in codes:
                self.assertIs(refusal(Result(CMS, "", code)).retry, retry, code)

    def test_marks(self) -> None:
        """Congestion spares the link, a full memory the destination."""
        throttled, full = set(), set()
        for code in range(600):
            rejected = refusal(Result(CMS, "", code))
            self.assertEqual(rejected.code, code)
            throttled |= {code} if rejected.throttled else set()
            full |= {code} if rejected.queue_full else set()
        self.assertEqual((throttled, full), ({42, 192}, {22, 211}))

    def test_words(self) -> None:
        """The meaning names the family, the code and the standard's words."""
        rows = (
            (Result(CMS, "", 38), "+CMS ERROR 38: network out of order"),
            (Result(CME, "", 10), "+CME ERROR 10: SIM not inserted"),
            (Result(CMS, "", 513), "+CMS ERROR 513: the manufacturer's own"),
            (Result(CMS, "", 299), "+CMS ERROR 299: unknown"),
            (Result(Outcome.ERROR, "ERROR"), "ERROR"),
        )
        for result, meaning in rows:
            self.assertEqual(refusal(result).meaning, meaning)

    def test_without_a_code(self) -> None:
        """A plain ERROR is tried again, since it says nothing."""
        rejected = refusal(Result(Outcome.ERROR, "ERROR"))
        self.assertEqual((rejected.code, rejected.retry), (-1, Retry.LATER))

    def test_families_differ(self) -> None:
        """The same number means different things to the two families."""
        texts = [refusal(Result(outcome, "", 21)).meaning for outcome in (CME, CMS)]
        self.assertIn("invalid index", texts[0])
        self.assertIn("short message transfer rejected", texts[1])

    def test_whole_standard(self) -> None:
        """The codes of +CMS ERROR are all there, each with words of its own."""
        cms = {code for outcome, code in ERRORS if outcome is CMS}
        causes = {1, 8, 10, 17, 21, 22, *range(27, 31), 38, 41, 42, 47, 50, 69, 81}
        causes |= {*range(95, 100), 111, 127}
        failures = {*range(128, 131), 143, 144, 145, 159, 160, 161, 175, 176}
        failures |= {*range(192, 200), *range(208, 214), 255}
        equipment = {*range(300, 306), *range(310, 319), 320, 321, 322, 330, 331, 332}
        self.assertEqual(cms, causes | failures | equipment | {340, 500})
        meanings = [row.meaning for key, row in ERRORS.items() if key[0] is CMS]
        self.assertEqual(len(meanings), len(set(meanings)))


class SimTests(SynchronousTestCase):
    """What keeps the SIM from working."""

    def test_answers(self) -> None:
        """AT+CPIN? answers in words."""
        rows = (
            ("+CPIN: READY", SimState.READY),
            ("+CPIN: SIM PIN", SimState.PIN),
            ('+CPIN: "SIM PUK"', SimState.PUK),
            ("+CPIN:SIM PIN2", SimState.PIN2),
            ("+CPIN: PH-NET PIN", SimState.LOCKED),
            ("+CPIN: NOT INSERTED", SimState.ABSENT),
        )
        for line, state in rows:
            self.assertIs(read_sim_state((line,)), state, line)

    def test_last_answer(self) -> None:
        """A SIM that became ready while it was asked about is ready."""
        lines = ("+CPIN: NOT READY", "+CPIN: READY")
        self.assertIs(read_sim_state(lines), SimState.READY)

    def test_bad_answers(self) -> None:
        """None at all and unknown words are refused."""
        for lines in ((), ("+CPIN:",), ("+CPIN: XYZ",), ("READY",)):
            self.assertRaises(RemoteProtocolError, read_sim_state, lines)

    def test_errors(self) -> None:
        """An error of either family tells of the SIM, or of something else."""
        rows = (
            (CME, 10, SimState.ABSENT),
            (CME, 11, SimState.PIN),
            (CME, 12, SimState.PUK),
            (CME, 14, SimState.BUSY),
            (CME, 16, SimState.REFUSED),
            (CME, 40, SimState.LOCKED),
            (CMS, 311, SimState.PIN),
            (CMS, 316, SimState.PUK),
            (CMS, 10, None),
            (CME, 311, None),
            (Outcome.ERROR, None, None),
        )
        for outcome, code, state in rows:
            self.assertIs(sim_state(Result(outcome, "", code)), state, (outcome, code))
