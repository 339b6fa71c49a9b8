"""The crash campaign of an SMPP link: a carrier that delivers again, and is moody.

python -m tests.system.crash --trials 50 --point-trials 10
"""

from __future__ import annotations

__all__ = ["CarrierFront", "main"]

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random

from smscentre.failpoints import POINTS
from tests.system.campaign import Campaign, Trial, run
from tests.system.centre import CentreOptions
from tests.system.crash_check import Finding, Kind, Message, Token, judge, replies_to
from tests.system.history import Delivery, Submit
from tests.system.peer import SmscOptions
from tests.system.traffic import OFFICERS, Traffic

_MOOD_SHARE = 0.1
"""At so many messages the carrier begins or ends to keep its responses back."""

_WINDOW = 4
"""The centre's window: small, so that replies sometimes queue for it."""


class CarrierFront(Traffic):
    """A centre and a carrier, as `campaign.Front` has it."""

    pace_s = 0.05
    """Twenty messages a second."""

    most_passages = 20

    def __init__(self, folder: Path) -> None:
        options = SmscOptions(redeliver_after_s=1.0)
        super().__init__(folder, options, CentreOptions(_WINDOW))

    def wait_up(self) -> None:
        """Wait for the bind."""
        self.smsc.wait_for(lambda: self.smsc.bound, "a bind after the start")

    def send(self, random: Random) -> Token[Delivery]:
        """Let some officer text a command.

        Now and then the carrier keeps its responses back for a while, so that
        replies stand unanswered on the wire and others queue behind them.
        """
        if random.random() < _MOOD_SHARE:
            if self.smsc.holding:
                self.smsc.release()
            else:
                self.smsc.holding = True
        rest = tuple(random.randrange(1000) for _ in range(3))
        return self.text(random.randrange(OFFICERS), rest)

    def recover(self) -> None:
        """Answer what was held."""
        self.smsc.release()

    def judge(
        self, tokens: Sequence[Token[Message]], killed_at: Sequence[float]
    ) -> list[Finding]:
        """What the rows say, and the carrier."""
        found = judge(tokens, list(self.smsc.submits), self.centre, killed_at)
        return found + [Finding(Kind.PEER, fault) for fault in self.smsc.faults]

    def replies(self) -> Mapping[int, Sequence[Submit]]:
        """The copies of each reply, by serial."""
        return replies_to(list(self.smsc.submits))

    def forget(self) -> None:
        """Forget what was judged."""
        for seen in (self.smsc.submits, self.smsc.deliveries, self.smsc.faults):
            seen.clear()


def _at_points(
    campaign: Campaign, _front: CarrierFront, times: int
) -> Iterable[Callable[[], Trial]]:
    return [partial(campaign.point_trial, point) for point in POINTS * times]


def main() -> int:
    """Run the campaign; 1 when anything was violated."""
    return run(__doc__, CarrierFront, _at_points)


if __name__ == "__main__":
    sys.exit(main())
