"""The outbox: brings what waits in the table out by the links.

`stage` claims, hands to links and writes down outcomes; `lane` is what it knows
of one link: its bind, its reserved places, its pauses.
"""

__all__: list[str] = []
