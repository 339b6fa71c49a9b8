"""A GSM modem that ships with the package, for the demo, training and tests.

`device` is the modem: octets in, octets out, time as an argument. Beneath it stand
`lines` (command lines), `commands` and the tables that it joins, `stores`, `card` and
`network`; `faults` says what goes wrong. `port` puts it on a pseudo-terminal and
`terminal` runs it in the foreground. It shares the codec of TPDUs with the product
and nothing of the dialogue, whose far end it is.
"""

__all__: list[str] = []
