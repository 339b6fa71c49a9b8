"""AT commands as a pure core: octets in, values and events out; no port, no clock."""

__all__: list[str] = []
