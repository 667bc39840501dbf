"""Both client libraries let the transport's errors through, and send nothing behind its back."""

from typing import Any

import pysnow
import pytest
from jira.resilientsession import ResilientSession
from requests.exceptions import ReadTimeout

from careloop.errors import AnswerLost, AuthenticationRefused, RateLimited, Unreachable


@pytest.mark.parametrize(
    ("status", "error"), [(401, AuthenticationRefused), (429, RateLimited), (503, Unreachable)]
)
def test_pysnow_lets_errors_through(connect: Any, answer: Any, status: int, error: type[Exception]) -> None:
    line = connect(answer(status))
    line.session.auth = ("someone", "hunter22")
    client = pysnow.Client(host="example.com", session=line.session)
    with pytest.raises(error):
        client.resource(api_path="/table/incident").get(query={}).all()


def test_pysnow_sends_a_write_once(connect: Any, answer: Any) -> None:
    line = connect(ReadTimeout())
    client = pysnow.Client(host="example.com", session=line.session)
    with pytest.raises(AnswerLost):
        client.resource(api_path="/table/incident").create({})
    assert len(line.network.seen) == 1


@pytest.mark.parametrize(
    ("status", "error"), [(401, AuthenticationRefused), (429, RateLimited), (503, Unreachable)]
)
def test_jira_lets_errors_through(connect: Any, answer: Any, status: int, error: type[Exception]) -> None:
    line = connect(answer(status))
    session = ResilientSession(max_retries=0)
    session.mount("https://", line.transport)
    with pytest.raises(error):
        session.get("https://example.com/rest/api/2/myself")


def test_jira_sends_a_write_once(connect: Any, answer: Any) -> None:
    line = connect(ReadTimeout())
    session = ResilientSession(max_retries=0)
    session.mount("https://", line.transport)
    with pytest.raises(AnswerLost):
        session.post("https://example.com/rest/api/2/issue", json={})
    assert len(line.network.seen) == 1
