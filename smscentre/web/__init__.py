"""Pages for people and endpoints for monitoring; both only read."""

from __future__ import annotations

__all__: list[str] = []
