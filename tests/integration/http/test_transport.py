"""What the transport promises about calls that do not go well."""

import logging
from typing import Any

import pytest
from requests import PreparedRequest, exceptions
from requests.exceptions import ChunkedEncodingError, ConnectTimeout, ReadTimeout, SSLError
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from careloop.errors import (
    AnswerLost,
    AuthenticationRefused,
    NotAnApi,
    RateLimited,
    SettingsError,
    Unreachable,
)

REFUSED = exceptions.ConnectionError(
    MaxRetryError(None, "/", NewConnectionError(HTTPConnection("example.com"), "refused"))  # type: ignore[arg-type]  # no pool
)
RESET = exceptions.ConnectionError("Connection aborted.", ConnectionResetError(104, "reset"))
READS = ("GET", "HEAD", "OPTIONS")
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("method", READS)
@pytest.mark.parametrize(
    "hiccup", [RESET, ReadTimeout(), ConnectTimeout(), ChunkedEncodingError(), 500, 502, 503]
)
def test_a_read_is_repeated_after_a_hiccup(connect: Any, answer: Any, method: str, hiccup: Any) -> None:
    step = answer(hiccup) if isinstance(hiccup, int) else hiccup
    line = connect([step, step, answer()])
    assert line.call(method).status_code == 200
    assert line.transport.traffic.requests == 3
    assert line.transport.traffic.retries == 2


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("hiccup", [RESET, ReadTimeout(), ChunkedEncodingError(), 500, 502, 503, 408])
def test_a_write_without_an_answer_is_sent_once_and_reported_as_lost(
    connect: Any, answer: Any, method: str, hiccup: Any
) -> None:
    line = connect(answer(hiccup) if isinstance(hiccup, int) else hiccup)
    with pytest.raises(AnswerLost, match="it may have happened"):
        line.call(method, json={})
    assert len(line.network.seen) == 1


@pytest.mark.parametrize("failure", [REFUSED, ConnectTimeout()])
def test_a_write_that_never_left_is_not_lost(connect: Any, failure: Exception) -> None:
    line = connect(failure)
    with pytest.raises(Unreachable, match=r"desk: no connection to example.com.*check instances.desk.url"):
        line.call("POST")
    assert len(line.network.seen) == 1


def test_a_refused_connection_is_told_at_once(connect: Any) -> None:
    line = connect(REFUSED)
    with pytest.raises(Unreachable):
        line.call("GET")
    assert line.clock.slept == []


def test_a_read_gives_up_after_four_attempts_with_growing_waits(connect: Any, answer: Any) -> None:
    line = connect(answer(503))
    with pytest.raises(Unreachable):
        line.call()
    assert line.transport.traffic.requests == 4
    assert [0.7 <= wait / 2**n <= 1.3 for n, wait in enumerate(line.clock.slept)] == [True] * 3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("600", 600), ("0", 0), ("1.5", 1.5), ("Mon, 05 Jan 2026 09:10:00 GMT", 540)],
)
def test_retry_after_is_waited_for_in_full(connect: Any, answer: Any, header: str, seconds: float) -> None:
    headers = {"Retry-After": header, "Date": "Mon, 05 Jan 2026 09:01:00 GMT"}
    line = connect([answer(429, headers=headers), answer()])
    assert line.call().ok
    assert line.clock.slept == [seconds]


def test_a_retry_after_date_without_a_date_header_is_measured_by_our_clock(connect: Any, answer: Any) -> None:
    line = connect([answer(503, headers={"Retry-After": "Mon, 05 Jan 2026 09:00:30 GMT"}), answer()])
    assert line.call().ok
    assert line.clock.slept == [30]


def test_an_unreadable_retry_after_is_no_reason_to_fail(connect: Any, answer: Any) -> None:
    line = connect([answer(429, headers={"Retry-After": "soon"}), answer()])
    assert line.call().ok


def test_a_wait_beyond_an_hour_ends_the_call_instead(connect: Any, answer: Any) -> None:
    line = connect(answer(429, headers={"Retry-After": "7200"}))
    with pytest.raises(RateLimited) as caught:
        line.call()
    assert caught.value.retry_after == 7200
    assert line.clock.slept == []


def test_a_limited_write_was_not_made_and_is_not_repeated(connect: Any, answer: Any) -> None:
    line = connect(answer(429, headers={"Retry-After": "5"}))
    with pytest.raises(RateLimited) as caught:
        line.call("POST")
    assert caught.value.retry_after == 5
    assert len(line.network.seen) == 1


def test_a_write_to_one_busy_issue_waits_its_turn(connect: Any, answer: Any) -> None:
    headers = {"Retry-After": "3", "RateLimit-Reason": "jira-per-issue-on-write"}
    line = connect([answer(429, headers=headers), answer(201)])
    assert line.call("POST").status_code == 201
    assert line.clock.slept == [3]


@pytest.mark.parametrize("reason", ["jira-quota-global-based", "jira-quota-tenant-based"])
def test_a_used_up_quota_stops_reads_too(connect: Any, answer: Any, reason: str) -> None:
    line = connect(answer(429, headers={"Retry-After": "30", "RateLimit-Reason": reason}))
    with pytest.raises(RateLimited, match=reason):
        line.call()
    assert len(line.network.seen) == 1


def test_a_search_by_post_counts_as_a_read_where_we_say_so(connect: Any, answer: Any) -> None:
    def reads(request: PreparedRequest) -> bool:
        return request.method == "GET" or str(request.url).endswith("/search")

    line = connect([answer(502), answer()], reads=reads)
    assert line.call("POST", "/search").ok


def test_refused_credentials_name_the_setting(connect: Any, answer: Any) -> None:
    line = connect(answer(401))
    with pytest.raises(AuthenticationRefused, match=r"instances\.desk\.auth"):
        line.call()
    assert len(line.network.seen) == 1


@pytest.mark.parametrize("status", [200, 404])
def test_a_web_page_instead_of_json_is_named(connect: Any, answer: Any, status: int) -> None:
    page = answer(status, b"<html>sleeping</html>", {"Content-Type": "text/html;charset=UTF-8"})
    with pytest.raises(NotAnApi, match="web page"):
        connect(page).call()


def test_a_web_page_after_a_write_leaves_the_write_unknown(connect: Any, answer: Any) -> None:
    page = answer(200, b"<html>", {"Content-Type": "text/html"})
    with pytest.raises(AnswerLost):
        connect(page).call("POST")


def test_a_redirected_write_is_refused_because_it_would_become_a_read(connect: Any, answer: Any) -> None:
    line = connect(answer(302, headers={"Location": "https://other.example.com/login?next=1"}))
    with pytest.raises(NotAnApi, match=r"redirects to https://other.example.com/login;"):
        line.call("POST")
    assert len(line.network.seen) == 1


def test_an_untrusted_certificate_names_the_setting(connect: Any) -> None:
    error = SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")
    with pytest.raises(SettingsError, match=r"instances\.desk\.ca"):
        connect(error).call()


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_what_else_a_platform_refuses_is_left_to_its_connector(
    connect: Any, answer: Any, status: int
) -> None:
    assert connect(answer(status)).call("PATCH").status_code == status


def test_every_call_has_time_limits(connect: Any, answer: Any) -> None:
    line = connect(answer(), timeout=42)
    line.call()
    line.call(timeout=7)
    assert [options["timeout"] for options in line.network.options] == [(10, 42), 7]


def test_proxy_and_certificate_settings_pass_through(connect: Any, answer: Any) -> None:
    line = connect(answer())
    line.call(proxies={"https": "http://proxy.example.com"}, verify="/etc/ca.pem", cert="/etc/client.pem")
    options = line.network.options[0]
    assert options["proxies"]["https"] == "http://proxy.example.com"
    assert (options["verify"], options["cert"]) == ("/etc/ca.pem", "/etc/client.pem")


def test_calls_are_paced_by_the_bucket(connect: Any, answer: Any) -> None:
    line = connect(answer(), rate=2)
    for _ in range(6):
        line.call()
    assert sum(line.clock.slept) == pytest.approx(2.0)


def test_one_call_keeps_its_request_id_over_all_attempts(connect: Any, answer: Any) -> None:
    line = connect([answer(502), answer()])
    line.call()
    line.call()
    ids = [request.headers["X-Request-Id"] for request in line.network.seen]
    assert ids[0] == ids[1] != ids[2]


def test_traffic_counts_what_arrived(connect: Any, answer: Any) -> None:
    line = connect(answer(body=b"x" * 100))
    line.call()
    line.call()
    traffic = line.transport.traffic
    assert (traffic.requests, traffic.retries, traffic.received) == (2, 0, 200)


def test_no_secret_is_logged(connect: Any, answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    line = connect([answer(500), answer(401)])
    with caplog.at_level(logging.DEBUG), pytest.raises(AuthenticationRefused) as caught:
        line.call(auth=("someone", "hunter22"), path="/api?token=hunter22")
    assert "hunter22" not in caplog.text + str(caught.value)
    assert line.transport.redact("wrong password hunter22") == "wrong password ***"
