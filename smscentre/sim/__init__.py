"""Peers that ship with the package, for the demo, training and tests.

`smsc` is a carrier and `terminal` runs it in the foreground; `memory` and `ledger`
stand in for a link and for the store in tests.
"""

__all__: list[str] = []
