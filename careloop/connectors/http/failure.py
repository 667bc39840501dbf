"""What a failed call means: which error it is for the operator, and whether asking again may help."""

from dataclasses import dataclass
from datetime import datetime

from requests import PreparedRequest, RequestException, Response
from requests.exceptions import ConnectTimeout, InvalidURL, ProxyError, SSLError, Timeout
from urllib3.exceptions import MaxRetryError, NewConnectionError

from careloop.connectors.http.pace import read_retry_after
from careloop.errors import (
    AnswerLost,
    AuthenticationRefused,
    CareloopError,
    NotAnApi,
    RateLimited,
    SettingsError,
    Unreachable,
)

DEFAULT_WAIT = 60.0  # what a caller is told when a platform limits us without saying for how long


class Failure(Exception):
    """A call that failed with `error`; `again` when repeating may help, after `wait` seconds if told."""

    def __init__(self, error: CareloopError, *, again: bool = False, wait: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.again = again
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Call:
    """One call in the words of an error message."""

    instance: str
    host: str
    method: str
    path: str
    reads: bool

    def lost(self, why: str, wait: float | None = None) -> Failure:
        """Return what no answer means: a read is simply tried again, a write may have happened."""
        if self.reads:
            says = f"{self.instance}: {self.host} {why}; the next run tries again"
            return Failure(Unreachable(says), again=True, wait=wait)
        says = f"{self.instance}: {self.method} {self.path} was sent, but {self.host} {why}"
        return Failure(AnswerLost(f"{says}; it may have happened"))


def judge_exception(call: Call, error: RequestException) -> Failure:
    """Say what an exception of requests means, by whether anything can have been sent."""
    check = f"check instances.{call.instance}.url, the network and the proxy"
    if isinstance(error, InvalidURL):
        return Failure(SettingsError(f"{call.instance}: {call.host} is no usable address; {check}"))
    if isinstance(error, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        says = f"{call.instance}: the certificate of {call.host} is not trusted"
        return Failure(SettingsError(f"{says}; name the authority's file under instances.{call.instance}.ca"))
    if isinstance(error, ConnectTimeout):
        says = f"{call.instance}: no connection to {call.host} in time; {check}"
        return Failure(Unreachable(says), again=call.reads)
    if isinstance(error, ProxyError):
        return Failure(Unreachable(f"{call.instance}: the proxy does not lead to {call.host}; {check}"))
    if _never_connected(error):
        return Failure(Unreachable(f"{call.instance}: no connection to {call.host}; {check}"))
    return call.lost("did not answer in time" if isinstance(error, Timeout) else "broke the connection")


def _never_connected(error: RequestException) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def judge_response(call: Call, response: Response, now: datetime) -> Failure | None:
    """Say what is wrong with an answer, as far as all platforms mean the same by it."""
    status = response.status_code
    if status == 401:
        says = f"{call.instance}: {call.host} does not accept the credentials (401)"
        return Failure(AuthenticationRefused(f"{says}; check instances.{call.instance}.auth"))
    if status == 429:
        return _limit(call, response, now)
    if status >= 500 or status == 408:
        return call.lost(f"answered with a failure of its own ({status})", read_retry_after(response, now))
    if response.is_redirect and not call.reads:
        says = f"{call.instance}: {call.host} redirects to {response.headers['Location'].partition('?')[0]}"
        return Failure(NotAnApi(f"{says}; put the final address under instances.{call.instance}.url"))
    if _is_page(response):
        if not call.reads and response.ok:
            return call.lost("answered with a web page")
        says = f"{call.instance}: {call.host}{call.path} answers with a web page instead of JSON ({status})"
        return Failure(
            NotAnApi(f"{says}; check instances.{call.instance}.url and that the instance is awake")
        )
    return None


def _limit(call: Call, response: Response, now: datetime) -> Failure:
    """Read a 429, which is a promise that nothing was done.

    Jira Cloud says in `RateLimit-Reason` which of its limits was hit: a write to one issue only has to wait,
    while a used up quota stops everything (Jira Cloud platform, Rate limiting).
    """
    wait = read_retry_after(response, now)
    reason = response.headers.get("RateLimit-Reason", "")
    says = f"{call.instance}: {call.host} asks us to wait{f' ({reason})' if reason else ''}"
    error = RateLimited(f"{says}; the next run tries again", DEFAULT_WAIT if wait is None else wait)
    again = reason == "jira-per-issue-on-write" or (call.reads and not reason.startswith("jira-quota"))
    return Failure(error, again=again, wait=wait)


def _is_page(response: Response) -> bool:
    accepts = _text(response.request, "Accept")
    return "json" in accepts and response.headers.get("Content-Type", "").startswith("text/html")


def _text(request: PreparedRequest, name: str) -> str:
    value = request.headers.get(name, "")
    return value if isinstance(value, str) else value.decode("latin-1")
