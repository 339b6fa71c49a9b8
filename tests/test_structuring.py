"""Tests of the strict converter, apart from any section."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from attrs import field, frozen
from cattrs import BaseValidationError
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.structuring import Rule, Secret, find_problems, strict_converter

_Small = Annotated[int, Rule(lambda value: value < 10, "less than 10")]


@frozen
class _Inner:
    name: str
    size: _Small = 1


@frozen
class _Outer:
    flag: bool = False
    ratio: float = 1.0
    choice: Literal["a", 2] = "a"
    secret: Secret | None = None
    inner: _Inner = field(factory=lambda: _Inner("none"))
    many: tuple[_Inner, ...] = ()
    words: tuple[str, ...] = ()
    maybe: _Small | None = None


@frozen
class Case:
    """A tree with one fault, and the problem as a person reads it."""

    tree: dict[str, Any]
    problem: str


CASES = (
    Case({"flag": 1}, "flag: must be true or false, without quotes (found 1)"),
    Case({"ratio": True}, "ratio: must be a number without quotes (found true)"),
    Case({"ratio": float("inf")}, "ratio: must be a number without quotes"),
    Case({"ratio": "1"}, 'ratio: must be a number without quotes (found "1")'),
    Case({"choice": "b"}, 'choice: must be one of "a", 2 (found "b")'),
    Case({"choice": 2.0}, 'choice: must be one of "a", 2 (found 2.0)'),
    Case({"inner": 3}, "inner: must be a table of keys (found 3)"),
    Case({"inner": {}}, "inner.name: is missing and has no default"),
    Case(
        {"inner": {"name": "x", "size": 10}},
        "inner.size: must be less than 10 (found 10)",
    ),
    Case({"many": {}}, "many: must be blocks headed by [[...]] (found a table)"),
    Case({"many": [5]}, "many[0]: must be a table of keys (found 5)"),
    Case(
        {"many": [{"name": "x"}, {"name": "y", "size": 99}]},
        "many[y].size: must be less than 10 (found 99)",
    ),
    Case({"many": [{"size": 1}]}, "many[0].name: is missing and has no default"),
    Case({"words": "ab"}, 'words: must be a list in brackets (found "ab")'),
    Case({"words": ["a", 1]}, "words[1]: must be a text in quotes (found 1)"),
    Case({"maybe": 12}, "maybe: must be less than 10 (found 12)"),
    Case({"flagg": True}, "flagg: is no known key; did you mean flag?"),
    Case({"secret": 1234}, "secret: must be a text in quotes"),
    Case({"flag": "x" * 99}, f'(found "{"x" * 59}...)'),
)


def _problems(tree: dict[str, Any]) -> list[str]:
    try:
        strict_converter(Path("/base")).structure(tree, _Outer)
    except BaseValidationError as error:
        return [str(problem) for problem in find_problems(error, tree)]
    return []


class StrictConverterTests(SynchronousTestCase):
    """What is refused, and in which words."""

    def test_each_fault_has_its_place_and_its_words(self) -> None:
        """A single fault gives exactly one problem."""
        for case in CASES:
            problems = _problems(case.tree)
            self.assertEqual(len(problems), 1, problems)
            self.assertIn(case.problem, problems[0])

    def test_all_faults_are_found_at_once(self) -> None:
        """Faults at every depth are reported together."""
        tree = {"flag": 1, "inner": {"size": "1"}, "words": [1, 2], "x": 0}
        self.assertEqual(len(_problems(tree)), 6)

    def test_nothing_is_found_in_a_good_tree(self) -> None:
        """Right values pass as they are; a whole number may be a ratio."""
        tree = {"ratio": 2, "choice": 2, "many": [{"name": "x"}], "words": ["a"]}
        outer = strict_converter(Path("/base")).structure(tree, _Outer)
        self.assertEqual(
            outer, _Outer(False, 2.0, 2, many=(_Inner("x"),), words=("a",))
        )

    def test_an_empty_text_is_nothing_where_nothing_is_allowed(self) -> None:
        """TOML has no null, so optional keys take an empty text for it."""
        outer = strict_converter(Path("/base")).structure({"maybe": ""}, _Outer)
        self.assertIsNone(outer.maybe)

    @given(
        st.dictionaries(
            st.sampled_from(["flag", "ratio", "inner", "many", "words", "maybe", "x"]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                lambda inner: (
                    st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(["name", "size"]), inner)
                ),
                max_leaves=6,
            ),
        )
    )
    def test_any_tree_is_taken_or_explained(self, tree: dict[str, Any]) -> None:
        """Whatever a file holds, the answer is an object or a list of problems."""
        _problems(tree)


class SecretTests(SynchronousTestCase):
    """Secrets stay out of sight."""

    def test_no_form_shows_it(self) -> None:
        """repr, str and a containing object's repr are masked."""
        secret = Secret("sandi")
        shown = f"{secret!r} {secret} {_Outer(secret=secret)!r}"
        self.assertNotIn("sandi", shown)

    def test_reveal(self) -> None:
        """Whoever needs the secret asks for it by name."""
        self.assertEqual(Secret("sandi").reveal(), "sandi")

    def test_equality_is_that_of_the_text(self) -> None:
        """Two secrets are equal when their texts are, and never equal to a text."""
        self.assertEqual(Secret("a"), Secret("a"))
        self.assertNotEqual(Secret("a"), Secret("b"))
        self.assertNotEqual(Secret("a"), "a")
