"""The root exception and the errors that several stages share.

Errors of one stage or core live beside it (``smpp.errors``, ``config``); what
stands here may be raised or caught anywhere on the path.
"""

from __future__ import annotations

__all__ = ["ConfigError", "DirectoryError", "Problem", "SMSCentreError"]

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
    """A CSV file of units or officers is refused; carries every bad row."""
