"""Thin Twisted shells around the protocol cores: one `interfaces.Link` each."""

__all__: list[str] = []
