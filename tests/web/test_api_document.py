"""The OpenAPI document: in order, complete, and kept to by every answer.

Schemathesis makes requests from the document, at the edges of what it allows, beyond
them, and at random, and judges the answers by it. They go to the site itself, without
a socket.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from requests import PreparedRequest, Request
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from smscentre.tokens import TokenScope
from smscentre.web.api.area import Api
from smscentre.web.api.faults import PREFIX, Fault
from smscentre.web.api.operations import path_names
from tests.web.programs import ApiTestCase, Program
from tests.web.support import NOW, Answer, ask

Operation = APIOperation[Any, Any, Any, Any]
AnyCase = Case[Any]

GUIDE = Path(__file__).parents[2] / "docs" / "api.rst"

EXAMPLES = 8
"""Requests at random to each operation in each mode."""

CHECKS = [
    allow_header_conformance,
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]
"""All but those that ask by themselves, or take what no schema says for right: that a
cursor is one of ours, that a number is somebody's."""

QUIET = settings(
    max_examples=EXAMPLES,
    # The same every time: what is new is looked for by hand, not in a pipeline.
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


class DocumentTestCase(ApiTestCase):
    """The document of a site with a report, a message and an SMS that was sent."""

    def setUp(self) -> None:
        super().setUp()
        self.texted.text("1203", "RUTAN 82 54 36 39", NOW)
        self.document = Program(self.site, "").json("/openapi.json")

    def operations(self) -> Iterator[tuple[str, str, Any]]:
        """Path, method and what is said of each operation."""
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield path, method.upper(), operation


class DocumentTests(DocumentTestCase):
    """What it says by itself."""

    def test_in_order(self) -> None:
        """It is one of OpenAPI 3.1."""
        self.assertEqual(self.document["openapi"], "3.1.1")
        schemathesis.openapi.from_dict(self.document).validate()

    def test_complete(self) -> None:
        """It has every route and no other."""
        routes = {
            (re.sub("<(.*?)>", r"{\1}", route.path), method)
            for route in Api(self.means).routes()
            for method in route.methods
        }
        described = {(path, method) for path, method, _ in self.operations()}
        self.assertEqual(described, routes)

    def test_references(self) -> None:
        """Each leads somewhere, and nothing is there for nobody."""
        found = set(re.findall(r'"\$ref":"(.*?)"', self.text()))
        expected = {
            f"#/components/schemas/{name}"
            for name in self.document["components"]["schemas"]
        }
        self.assertEqual(found, expected)

    def text(self) -> str:
        """The document as it is sent."""
        return Program(self.site, "").get("/openapi.json").text

    def test_the_same_in_every_process(self) -> None:
        """Sites of one version give the same octets, and so one tag."""
        first = self.text()
        self.use(self.means)
        self.assertEqual(self.text(), first)

    def test_scopes(self) -> None:
        """Each operation says which scope it needs; what says none is public."""
        needed = {
            path: {scope for one in operation["security"] for scope in one["token"]}
            for path, _, operation in self.operations()
        }
        for path in ("openapi.json", "problems/{slug}"):
            self.assertEqual(needed[f"{PREFIX}/{path}"], set())
        scopes = {scope for found in needed.values() for scope in found}
        finer = {TokenScope.NUMBERS.value, TokenScope.TEXTS.value}
        self.assertEqual(scopes, {scope.value for scope in TokenScope} - finer)

    def test_every_fault_is_described(self) -> None:
        """With its word, at the operations where it may happen."""
        text = self.text()
        for fault in Fault:
            self.assertIn(f"`{fault.slug}`: ", text)

    def test_the_guide(self) -> None:
        """docs/api.rst has every scope and every fault."""
        text = GUIDE.read_text(encoding="utf-8")
        for word in (
            *(scope.value for scope in TokenScope),
            *(one.slug for one in Fault),
        ):
            self.assertIn(f"``{word}``", text, word)

    def test_words(self) -> None:
        """Operations and their parameters are explained; names are all different."""
        names = [operation["operationId"] for _, _, operation in self.operations()]
        self.assertEqual(len(names), len(set(names)))
        for path, _, operation in self.operations():
            self.assertTrue(operation["summary"], path)
            in_path = {
                one["name"] for one in operation["parameters"] if one["in"] == "path"
            }
            named = set(path_names(path.replace("{", "<").replace("}", ">")))
            self.assertEqual(in_path, named)

    def test_no_inner_words(self) -> None:
        """Nothing of the source shows through."""
        for word in ("smscentre.web", "_Asked", "attrs", "``", "msgspec"):
            self.assertNotIn(word, self.text(), word)


class ConformanceTests(DocumentTestCase):
    """What every answer keeps to."""

    def setUp(self) -> None:
        super().setUp()
        self.sent = self.program.send({"to": "+6281234567890", "text": "halo"}, "k")
        # Whether tokens are asked for is tried elsewhere, one by one.
        del self.document["components"]["securitySchemes"]
        for _, _, operation in self.operations():
            del operation["security"]
        self.schema: BaseSchema = schemathesis.openapi.from_dict(self.document)
        self.statuses: set[tuple[str, int]] = set()

    def described(self) -> list[Operation]:
        """All operations, as Schemathesis has them."""
        found = list(self.schema.get_all_operations())
        operations = [one.ok() for one in found if isinstance(one, Ok)]
        self.assertEqual(len(operations), len(found))
        return operations

    def judge(self, case: AnyCase) -> None:
        """Make a request and judge the answer."""
        request = _request(case, self.program.token)
        answer = ask(self.site, _octets(request))
        case.validate_response(_response(answer, request), checks=CHECKS)
        self.statuses.add((case.operation.label, answer.status))

    def test_at_the_edges(self) -> None:
        """The least, the most, one more, other types, twice, missing, other methods."""
        for operation in self.described():
            for case in self.schema.iter_coverage_cases(
                operation,
                generation_modes=list(GenerationMode),
                generation_config=self.schema.config.generation,
            ):
                self.judge(case)

    def test_at_random(self) -> None:
        """In order and not, as somebody might who has read the document."""
        for operation in self.described():
            for mode in GenerationMode:
                if mode is GenerationMode.POSITIVE or _can_be_wrong(operation):
                    made = operation.as_strategy(generation_mode=mode)
                    QUIET(given(case=made)(self.judge))()

    def test_what_is_there(self) -> None:
        """With ids of what there is, answers have something to be judged."""
        found = {
            "/problems/{slug}": {"slug": "not-found"},
            "/units/{code}": {"code": "1203"},
            "/messages/{id}": {"id": self.program.json("/messages")["items"][0]["id"]},
            "/send/{id}": {"id": int(self.sent.headers["location"].split("/")[-1])},
            "/reports/{report}": {"report": "rutan"},
        }
        for operation in self.described():
            parameters = found.get(operation.path.removeprefix(PREFIX))
            if parameters is not None:
                case = operation.Case(path_parameters=parameters)
                self.judge(case)
                self.assertIn((operation.label, 200), self.statuses)


def _can_be_wrong(operation: Operation) -> bool:
    """Whether anything is asked that has a form."""
    return bool(operation.body or operation.query or operation.path_parameters)


def _request(case: AnyCase, token: str) -> PreparedRequest:
    given = case.as_transport_kwargs(
        base_url="http://localhost", headers={"Authorization": f"Bearer {token}"}
    )
    names = ("method", "url", "params", "data", "json", "headers", "files")
    request = Request(**{name: given[name] for name in names if name in given})
    return request.prepare()


def _octets(request: PreparedRequest) -> bytes:
    """A request as a client would write it."""
    body = request.body or b""
    assert isinstance(body, bytes | str), "nothing is streamed"
    head = [f"{request.method} {request.path_url} HTTP/1.1", "Host: localhost"]
    for name, value in request.headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        head.append(f"{name}: {text}")
    octets = "\r\n".join([*head, "", ""]).encode("latin-1")
    return octets + (body.encode() if isinstance(body, str) else body)


def _response(answer: Answer, request: PreparedRequest) -> Response:
    headers = {name: [value] for name, value in answer.headers.items()}
    return Response(answer.status, headers, answer.body, request, 0.0, verify=False)
