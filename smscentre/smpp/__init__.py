"""SMPP 3.4 as a pure core: octets in, values and events out; no transport, no clock."""

__all__: list[str] = []
