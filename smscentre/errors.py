"""The root exception and the errors that several stages share.

Errors of one stage or core live beside it (``smpp.errors``, ``config``); what
stands here may be raised or caught anywhere on the path.
"""

from __future__ import annotations

__all__ = ["ConfigError", "DirectoryError", "Fault", "Problem", "SMSCentreError"]

from collections.abc import Sequence

from attrs import frozen


class SMSCentreError(Exception):
    """Root of every error that this package raises on purpose."""


@frozen
class Problem:
    """One thing wrong in a file: where it is, what stands there, the rule."""

    where: str
    value: str
    rule: str

    def __str__(self) -> str:
        found = f" (found {self.value})" if self.value else ""
        return f"{self.where}: {self.rule}{found}"


@frozen
class Fault:
    """One thing wrong in a CSV file, by the name of its rule, for any language.

    ``column`` is a header or the number of a column without one, empty where it is
    about the line; ``about`` and ``near`` are what the rule speaks of, and what may
    have been meant.
    """

    line: int
    column: str
    value: str
    rule: str
    about: str = ""
    near: str = ""


class _ProblemsError(SMSCentreError):
    """Several problems of one file, reported all at once."""

    def __init__(self, source: str, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"{source}: {len(problems)} problem(s)\n{lines}")


class ConfigError(_ProblemsError):
    """The configuration breaks a rule; carries every problem found."""


class DirectoryError(_ProblemsError):
    """A CSV file of units or officers is refused; carries every bad row.

    ``faults`` are the same as the problems, in the same order.
    """

    def __init__(
        self, source: str, problems: list[Problem], faults: Sequence[Fault] = ()
    ) -> None:
        self.faults = tuple(faults)
        super().__init__(source, problems)
