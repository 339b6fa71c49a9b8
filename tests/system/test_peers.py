"""The real process against SMSCs on libraries that are not ours.

Each class of `tests.system.peers.behaviour` runs once for every program; where one
cannot run its tests are skipped, with the reason.
"""

from __future__ import annotations

from tests.system.peers import behaviour
from tests.system.peers.behaviour import against
from tests.system.peers.programs import NODE, PERL

NodeGoldenTests = against(NODE, behaviour.GoldenTests, __name__)
NodeIncomingTests = against(NODE, behaviour.IncomingTests, __name__)
NodeOutgoingTests = against(NODE, behaviour.OutgoingTests, __name__)
NodeReceiptTests = against(NODE, behaviour.ReceiptTests, __name__)
NodeLifeTests = against(NODE, behaviour.LifeTests, __name__)

PerlGoldenTests = against(PERL, behaviour.GoldenTests, __name__)
PerlIncomingTests = against(PERL, behaviour.IncomingTests, __name__)
PerlOutgoingTests = against(PERL, behaviour.OutgoingTests, __name__)
PerlReceiptTests = against(PERL, behaviour.ReceiptTests, __name__)
PerlLifeTests = against(PERL, behaviour.LifeTests, __name__)
