"""The JSON interface for programs, beneath ``/api/v1``."""

from __future__ import annotations

__all__: list[str] = []
