"""The layers, read from the sources: who may import whom, and a few house rules.

Every import counts, also one inside a function or under ``TYPE_CHECKING``, for
those are where cycles hide.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

ROOT = Path(__file__).parent.parent
PACKAGE = "smscentre"

STAGES = ("links", "inbox", "commands", "outbox", "reminding", "web")
"""None of these imports another one."""

ASSEMBLY = (
    "assembly",
    "centre",
    "cli",
    "exchange",
    "sending_command",
    "service",
    "sim",
    "sites",
    "tap",
)
"""What joins the stages, starts them or plays their peers; these know them all."""

CORES = ("gsm", "at", "smpp", "commands", "deadlines")
"""Pure: bytes or values in, values out."""

FORBIDDEN_TO_CORES = (
    "twisted",
    "sqlalchemy",
    "time",
    "socket",
    "threading",
    "logging",
    "smscentre.config",
    "smscentre.sections",
    "smscentre.store",
    "smscentre.metrics",
    "smscentre.tasks",
)

PROTOCOLS = ("gsm", "at", "smpp")
"""What speaks on a wire; only values and the text of a message stand below these."""

VALUES = ("messages", "errors", "directory", "values")
"""What travels: these import nothing of ours but each other."""

DATABASE = ("sqlalchemy", "alembic", "psycopg", "sqlite3")
DATABASE_USERS = ("store", *ASSEMBLY)

LINES_MOST = 400
TABLES = ("store.tables", "commands.forms", "commands.replies", "smpp.status")
"""Pure tables, which may be longer."""

BORDERS = ("tasks", "inbox.acceptance", "web")
"""Where an unforeseen error ends: a background task, a command's run, a page."""

BLIND_MOST = 3

ENVIRONMENT = ("failpoints",)
"""The only reader of environment variables."""


@frozen
class Import:
    """One import: what is named, where, and whether it runs at import."""

    target: str
    line: int
    at_import: bool


@frozen
class Module:
    """One source file of the package; ``name`` is without the package's."""

    name: str
    path: Path
    is_package: bool

    def within(self, *names: str) -> bool:
        """Tell whether this is one of some modules or lies in it."""
        return any(
            self.name == name or self.name.startswith(name + ".") for name in names
        )


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package; the root is the empty name."""
    found = []
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT / PACKAGE).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(Module(name, path, is_package))
    return tuple(found)


@cache
def tree_of(module: Module) -> ast.Module:
    """The syntax of a module."""
    return ast.parse(module.path.read_text(encoding="utf-8"), str(module.path))


def imports_in(tree: ast.Module) -> Iterator[Import]:
    """All imports of a module at any depth; ``from a import b`` names ``a.b``."""
    late = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield Import(name, node.lineno, id(node) not in late)


@cache
def imports_of(module: Module) -> tuple[Import, ...]:
    """The imports of a module of ours."""
    return tuple(imports_in(tree_of(module)))


def names(target: str, *roots: str) -> bool:
    """Tell whether an import names one of some packages or something in it."""
    return any(target == root or target.startswith(root + ".") for root in roots)


def ours(target: str) -> str | None:
    """The module of ours that an import reaches, None if it is not ours."""
    if not names(target, PACKAGE):
        return None
    known = {module.name for module in modules()}
    name = target.removeprefix(PACKAGE).removeprefix(".")
    # `from smscentre.store.tables import inbox` reaches the module, not the name.
    return name if name in known else name.rpartition(".")[0]


class _SourceCase(SynchronousTestCase):
    """Collects breaches, so that one run shows them all."""

    def assertNone(self, breaches: list[str]) -> None:
        self.assertEqual(breaches, [], "\n" + "\n".join(breaches))

    def breaches(self, importers: tuple[Module, ...], *forbidden: str) -> list[str]:
        return [
            f"{module.path.relative_to(ROOT)}:{found.line} imports {found.target}"
            for module in importers
            for found in imports_of(module)
            if names(found.target, *forbidden)
        ]


class LayerTests(_SourceCase):
    """Imports point one way."""

    def test_cores_are_pure(self) -> None:
        """No core knows Twisted, a clock, a logger, the configuration or the store."""
        cores = tuple(module for module in modules() if module.within(*CORES))
        self.assertNone(self.breaches(cores, *FORBIDDEN_TO_CORES))

    def test_protocols_know_values_and_texts(self) -> None:
        """Each imports values, itself and gsm/, so that none knows another."""
        for protocol in PROTOCOLS:
            known = {*VALUES, protocol, "gsm"}
            self.assertNone(
                [
                    f"{module.name} imports {found.target}"
                    for module in modules()
                    if module.within(protocol)
                    for found in imports_of(module)
                    if (target := ours(found.target)) is not None
                    and target.partition(".")[0] not in known
                ]
            )

    def test_values_know_only_values(self) -> None:
        """Messages, errors and the directory import nothing else of ours."""
        self.assertNone(
            [
                f"{module.name} imports {found.target}"
                for module in modules()
                if module.within(*VALUES)
                for found in imports_of(module)
                if (target := ours(found.target)) is not None and target not in VALUES
            ]
        )

    def test_stages_do_not_know_each_other(self) -> None:
        """A stage reaches another one only through what the centre hands it."""
        for stage in STAGES:
            others = [f"{PACKAGE}.{other}" for other in STAGES if other != stage]
            own = tuple(module for module in modules() if module.within(stage))
            self.assertNone(self.breaches(own, *others))

    def test_only_the_assembly_knows_several_stages(self) -> None:
        """Whoever joins two stages is part of the assembly."""
        for module in modules():
            if module.within(*ASSEMBLY, *STAGES):
                continue
            known = {
                stage
                for found in imports_of(module)
                for stage in STAGES
                if names(found.target, f"{PACKAGE}.{stage}")
            }
            self.assertLessEqual(len(known), 1, f"{module.name} imports {known}")

    def test_nothing_knows_the_assembly(self) -> None:
        """Below the assembly nobody imports it."""
        below = tuple(module for module in modules() if not module.within(*ASSEMBLY))
        self.assertNone(
            self.breaches(below, *(f"{PACKAGE}.{name}" for name in ASSEMBLY))
        )

    def test_the_store_knows_no_stage(self) -> None:
        """Stages use the store, never the other way round."""
        store = tuple(module for module in modules() if module.within("store"))
        self.assertNone(self.breaches(store, *(f"{PACKAGE}.{name}" for name in STAGES)))

    def test_only_the_store_speaks_sql(self) -> None:
        """SQLAlchemy, Alembic and drivers are imported in store/ only."""
        others = tuple(
            module for module in modules() if not module.within(*DATABASE_USERS)
        )
        self.assertNone(self.breaches(others, *DATABASE))

    def test_there_is_no_cycle(self) -> None:
        """The modules can be put in an order in which each comes after its imports."""
        graph: dict[str, set[str]] = {}
        for module in modules():
            targets = {ours(found.target) for found in imports_of(module)}
            graph[module.name] = {name for name in targets if name} - {module.name}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            self.fail(" -> ".join(error.args[1]))


class HouseRuleTests(_SourceCase):
    """Rules that a reader would otherwise have to check by eye."""

    def test_no_module_imports_the_reactor(self) -> None:
        """It is imported inside makeService and the like, and handed on."""
        self.assertNone(
            [
                f"{module.name}:{found.line}"
                for module in modules()
                for found in imports_of(module)
                if found.target == "twisted.internet.reactor"
                and (found.at_import or not module.within("tap", "cli", "sim"))
            ]
        )

    def test_no_inline_callbacks(self) -> None:
        """Coroutines only."""
        self.assertNone(
            self.breaches(modules(), "twisted.internet.defer.inlineCallbacks")
        )

    def test_blind_excepts_stand_at_the_borders(self) -> None:
        """At most three, one for each border; none is bare."""
        blind = []
        for module in modules():
            for node in ast.walk(tree_of(module)):
                if isinstance(node, ast.ExceptHandler) and _is_blind(node):
                    blind.append(f"{module.name}:{node.lineno}")
                    self.assertTrue(module.within(*BORDERS), blind[-1])
                    self.assertIsNotNone(node.type, blind[-1])
        self.assertLessEqual(len(blind), BLIND_MOST, blind)

    def test_only_failpoints_read_the_environment(self) -> None:
        """What the configuration does not say does not hold."""
        readers = [
            f"{module.name}:{node.lineno}"
            for module in modules()
            if not module.within(*ENVIRONMENT)
            for node in ast.walk(tree_of(module))
            if isinstance(node, ast.Attribute)
            and node.attr in ("environ", "environb", "getenv", "putenv")
        ]
        self.assertNone(readers)
        users = tuple(module for module in modules() if not module.within(*ENVIRONMENT))
        self.assertNone(self.breaches(users, "os.environ", "os.getenv"))

    def test_modules_are_short(self) -> None:
        """Up to 400 lines, pure tables excepted."""
        self.assertNone(
            [
                f"{module.name} has {length} lines"
                for module in modules()
                if not module.within(*TABLES)
                and (length := len(module.path.read_text().splitlines())) > LINES_MOST
            ]
        )

    def test_modules_say_what_they_are(self) -> None:
        """Each has a docstring and `__all__`; migrations speak to Alembic only."""
        for module in modules():
            if module.within("store.migrations"):
                continue
            tree = tree_of(module)
            self.assertTrue(ast.get_docstring(tree), module.name)
            targets = [
                target.id
                for node in tree.body
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            ]
            if not module.is_package:
                self.assertIn("__all__", targets, module.name)

    def test_imports_are_absolute(self) -> None:
        """A relative import would pass by the checks above."""
        self.assertNone(
            [
                f"{module.name}:{node.lineno}"
                for module in modules()
                for node in ast.walk(tree_of(module))
                if isinstance(node, ast.ImportFrom) and node.level
            ]
        )


class ReadingTests(SynchronousTestCase):
    """The reading of sources, on which the rest depends."""

    def test_imports_at_every_depth_are_found(self) -> None:
        """Inside functions and under TYPE_CHECKING too."""
        tree = ast.parse(
            "import a.b\n"
            "if TYPE_CHECKING:\n    from c import d\n"
            "async def f():\n    from e import g\n"
        )
        self.assertEqual(
            set(imports_in(tree)),
            {Import("a.b", 1, True), Import("c.d", 3, True), Import("e.g", 5, False)},
        )

    def test_a_name_is_not_its_longer_neighbour(self) -> None:
        """smscentre.atlas would not be smscentre.at."""
        self.assertTrue(names("smscentre.at.lines", "smscentre.at"))
        self.assertFalse(names("smscentre.atlas", "smscentre.at"))

    def test_names_in_modules_reach_the_module(self) -> None:
        """A class is imported from the module that has it."""
        self.assertEqual(ours("smscentre.errors.Problem"), "errors")
        self.assertEqual(ours("smscentre.errors"), "errors")
        self.assertEqual(ours("smscentre.__version__"), "")
        self.assertIsNone(ours("smpplib.client"))

    def test_the_package_is_there(self) -> None:
        """The checks have something to check."""
        found = {module.name for module in modules()}
        self.assertLessEqual({"messages", *CORES, *PROTOCOLS}, found)


def _is_blind(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler catches whatever comes."""
    if handler.type is None:
        return True
    caught = (
        handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    )
    return any(
        isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")
        for kind in caught
    )
