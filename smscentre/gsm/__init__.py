"""The text coding of GSM: alphabets, user data headers, parts.

Pure functions from octets to values and back; no Twisted, no clock, no log.
"""

__all__: list[str] = []
