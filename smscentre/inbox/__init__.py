"""The inbox: makes arrivals safe before their link may acknowledge them.

`stage` lives in the reactor's thread and decides when an arrival may be
acknowledged or must be refused; `acceptance` lives in the writer's and does all
that a message does in one transaction; `suspects` knows what may come again, and
`admission` says who is answered.
"""

__all__: list[str] = []
