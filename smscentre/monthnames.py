"""The months' names in Indonesian, for replies and pages."""

from __future__ import annotations

__all__ = ["MONTHS"]

from typing import Final

MONTHS: Final = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
"""From January on."""
