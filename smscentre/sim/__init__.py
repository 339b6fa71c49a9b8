"""Peers that ship with the package, for the demo, training and tests.

`smsc` is a carrier, `faults` what it does wrong when asked to, and `terminal` runs
it in the foreground; `modem` holds a GSM modem. `memory` and `ledger` stand in for a
link and for the store in tests.
"""

__all__: list[str] = []
