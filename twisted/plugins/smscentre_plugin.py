"""Makes ``smscentre`` known to twistd."""

from __future__ import annotations

__all__ = ["smscentre"]

from twisted.application.service import ServiceMaker

smscentre = ServiceMaker("SMS Centre", "smscentre.tap", "Counts by SMS.", "smscentre")
