"""The judge of conformance finds what does not conform, and lets pass what real sites do.

Every other test that calls the pretend Jira Cloud hands its traffic to the same judge (tests/conformance.py).
"""

import json
from pathlib import Path
from typing import Any

import pytest

from careloop.sandbox.answer import make_json
from tests.conformance import UNLISTED, Exchange, Judge

USER = {"self": "http://jira.test/rest/api/3/user?accountId=1", "accountId": "1", "active": True}

ERRORS = {"errorMessages": ["No."], "errors": {}}


@pytest.fixture
def judge(shared: Path) -> Judge:
    return Judge(shared / "specs")


def exchange(
    method: str, path: str, said: Any, *, sent: Any = None, status: int = 200, **query: str
) -> Exchange:
    body = b"" if sent is None else json.dumps(sent).encode()
    named = {name: [value] for name, value in query.items()}
    return Exchange(method, path, named, "application/json", body, make_json(status, said))


@pytest.mark.parametrize(
    "one",
    [
        exchange("GET", "/rest/api/3/myself", USER),
        exchange("GET", "/rest/api/2/myself", USER),
        exchange("GET", "/rest/api/latest/myself", USER),
        exchange("GET", "/ex/jira/1f6c/rest/api/3/myself", USER),
        exchange("GET", "/rest/api/3/myself", USER | {"emailAddress": None}),
        exchange("GET", "/rest/api/3/field", [{"id": "x", "untranslatedName": "X"}]),
        exchange("GET", "/rest/api/3/nothing", {}, status=404),
        exchange("GET", "/rest/api/3/myself", {"errorMessages": []}, status=429),
        exchange(
            "POST", "/rest/api/3/issue/A-1/transitions", None, sent={"transition": {"id": 5}}, status=204
        ),
        exchange("POST", "/rest/api/3/issue/watching", ERRORS, sent={}, status=400),
        exchange("GET", "/rest/api/3/issue/A-1/remotelink", [{"id": 1}]),
        exchange("GET", "/rest/servicedeskapi/requesttype", {"errorMessage": "Opt in."}, status=412),
        exchange("GET", "/rest/servicedeskapi/info", {"version": "5", "isLicensedForUse": True}),
    ],
)
def test_what_conforms_passes(judge: Judge, one: Exchange) -> None:
    judge.judge(one)
    assert judge.violations == []


@pytest.mark.parametrize(
    ("one", "complaint"),
    [
        (exchange("GET", "/rest/api/3/myself", USER | {"shoeSize": 44}), "'shoeSize' was unexpected"),
        (exchange("GET", "/rest/api/3/myself", USER | {"active": "yes"}), "'yes' is not of type 'boolean'"),
        (exchange("GET", "/rest/api/3/myself", [USER]), "is not of type 'object'"),
        (exchange("GET", "/rest/api/3/myself", USER, status=202), "answers 202"),
        (exchange("GET", "/rest/api/3/myself", USER, colour="red"), "takes the parameter 'colour'"),
        (exchange("GET", "/rest/api/3/myselves", USER), "the document does not know"),
        (exchange("GET", "/rest/api/3/myself", USER, sent={}), "takes a body"),
        (exchange("POST", "/rest/api/3/comment/list", {}, sent={"ids": ["1"]}), "takes $.ids[0]"),
        (exchange("POST", "/rest/api/3/comment/list", {}, sent={}), "'ids' is a required property"),
        (exchange("DELETE", "/rest/api/3/issue/A-1/remotelink", None, status=204), "does without"),
        (exchange("GET", "/rest/servicedeskapi/info", {"version": 5}), "answers $.version"),
        (exchange("GET", "/rest/api/3/myself", ERRORS, status=404), "answers 404"),
        (
            exchange("POST", "/rest/api/3/issue/watching", ERRORS, sent={"issueIds": []}, status=400),
            "answers 400",
        ),
        (exchange("GET", "/rest/api/3/issue/A-1", {"error": "x"}, status=404), "'error' was unexpected"),
        (exchange("GET", "/rest/servicedeskapi/info", ERRORS, status=412), "answers 412"),
        (
            exchange("GET", "/rest/servicedeskapi/request/A-1", ERRORS, status=404),
            "Additional properties are not allowed",
        ),
        (exchange("GET", "/rest/api/3/issue/A-1/remotelink", [{"id": "1"}]), "is not valid under any"),
        (exchange("GET", "/rest/api/3/bulk/queue/1", {"created": "x"}), "answers $.created"),
    ],
)
def test_what_does_not_conform_is_told(judge: Judge, one: Exchange, complaint: str) -> None:
    judge.judge(one)
    assert any(complaint in violation for violation in judge.violations), judge.violations


def test_one_exchange_of_each_shape_is_judged(judge: Judge) -> None:
    wrong = USER | {"active": "yes"}
    judge.judge(exchange("GET", "/rest/api/3/myself", wrong))
    judge.judge(exchange("GET", "/rest/api/2/myself", wrong | {"active": "no"}))
    assert len(judge.violations) == 1
    judge.judge(exchange("GET", "/rest/api/3/myself", wrong | {"locale": 1}))
    assert len(judge.violations) == 3


def test_only_operations_of_the_documents_are_excepted(judge: Judge) -> None:
    assert set(UNLISTED) <= {operation.name for operation in judge.operations}
