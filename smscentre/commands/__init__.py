"""What a text means and what is answered: pure functions of text and ledger.

The entry is `smscentre.commands.dispatch.interpret`; nothing here knows a link,
a reactor, a clock or SQL.
"""

from __future__ import annotations

__all__: list[str] = []
