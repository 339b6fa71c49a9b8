"""Everything that is kept: tables, the writer thread, reads for pages.

The only place with SQL. It knows values (`messages`, `directory`) and no stage.
"""

__all__: list[str] = []
