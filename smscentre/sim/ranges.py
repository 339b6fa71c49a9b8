"""Numbers on the command lines of the simulators: shares, counts, seconds."""

from __future__ import annotations

__all__ = ["COUNT", "SECONDS", "SHARE"]

import math
from typing import Any

import click

_DAY_S = 86_400


class _Range(click.FloatRange):
    """A range that has no place for nan, which is neither too small nor too large."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value} is not a number", param, ctx)
        return number


SHARE = _Range(0, 1)
COUNT = click.IntRange(1)
SECONDS = _Range(0, _DAY_S, min_open=True)
