"""The requests transport adapter that every call to a platform goes through."""

import logging
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, RequestException, Response
from requests.adapters import BaseAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from careloop.connectors.http.failure import Call, Failure, judge_exception, judge_response
from careloop.connectors.http.pace import Bucket, back_off
from careloop.connectors.http.secrets import Secrets
from careloop.model.traffic import Traffic
from careloop.ports import Clock

CONNECT_TIMEOUT = 10.0  # seconds
ATTEMPTS = 4
PATIENCE = 3600.0  # seconds: the longest limit of ServiceNow is an hour
REQUEST_ID = "X-Request-Id"

_log = logging.getLogger("careloop.http")


def only_reads(request: PreparedRequest) -> bool:
    """Tell whether a request can be repeated because it changes nothing, by its method."""
    return request.method in ("GET", "HEAD", "OPTIONS")


class Transport(BaseAdapter):
    """Between a library's session and the network: `session.mount(url, Transport(HTTPAdapter(), ...))`.

    Reads are repeated, writes never, except when Jira asks to write to an issue more slowly. A `Retry-After`
    is honoured in full; one longer than PATIENCE ends the call instead. `timeout` (seconds without a byte)
    holds where the library gives none, `rate` is in requests a second, and `reads` tells reads from writes
    where the method does not (searching by POST).

    Raises errors of `careloop.errors`, which pass through requests and both client libraries unchanged:
    Unreachable, RateLimited, AnswerLost (writes only), AuthenticationRefused, NotAnApi, SettingsError. Any
    other answer with a status of 400 and above is returned: what it means is the platform's to say.
    """

    def __init__(
        self,
        inner: BaseAdapter,
        *,
        clock: Clock,
        name: str,
        rng: random.Random,
        timeout: float = 30.0,
        rate: float | None = None,
        reads: Callable[[PreparedRequest], bool] = only_reads,
    ) -> None:
        super().__init__()
        self._inner = inner
        self._clock = clock
        self._name = name
        self._rng = rng
        self._timeout = (min(timeout, CONNECT_TIMEOUT), timeout)
        self._bucket = Bucket(rate, clock) if rate else None
        self._reads = reads
        self._secrets = Secrets()
        self._lock = threading.Lock()
        self._traffic = Traffic()

    @property
    def traffic(self) -> Traffic:
        """Return what went over the wire so far."""
        return self._traffic

    def redact(self, text: str) -> str:
        """Return a text without the credentials that were ever sent through here."""
        return self._secrets.hide(text)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - as requests calls it
        timeout: Any = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002 - as requests calls it
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request, repeat it where that is safe, and return an answer whose body has arrived whole."""
        url = urlsplit(str(request.url))
        call = Call(self._name, url.hostname or "", str(request.method), url.path, self._reads(request))
        options = {
            "stream": stream,
            "timeout": timeout or self._timeout,
            "verify": verify,
            "cert": cert,
            "proxies": proxies,
        }
        with self._lock:
            request.headers.setdefault(REQUEST_ID, f"{self._rng.getrandbits(64):016x}")
            self._secrets.learn(request)
        retrying = Retrying(
            retry=retry_if_exception(self._may_repeat),
            wait=self._wait,
            stop=stop_after_attempt(ATTEMPTS),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._attempt, call, request, options)
        except Failure as failure:
            _log.debug("%s [%s]", failure.error, request.headers[REQUEST_ID])
            raise failure.error from failure.__cause__

    def close(self) -> None:
        """Release the connections."""
        self._inner.close()

    def _attempt(self, call: Call, request: PreparedRequest, options: Mapping[str, Any]) -> Response:
        if self._bucket:
            self._bucket.take()
        self._count(requests=1)
        try:
            response = self._inner.send(request, **options)
            size = 0 if options["stream"] else len(response.content)
        except RequestException as error:
            raise judge_exception(call, error) from error
        self._count(received=size)
        _log.debug(
            "%s %s %s: %s, %d bytes [%s]",
            *(call.instance, call.method, call.path, response.status_code, size),
            request.headers[REQUEST_ID],
        )
        failure = judge_response(call, response, self._clock.now())
        if failure:
            raise failure
        return response

    def _may_repeat(self, error: BaseException) -> bool:
        return isinstance(error, Failure) and error.again and (error.wait or 0) <= PATIENCE

    def _wait(self, state: RetryCallState) -> float:
        failure = state.outcome.exception() if state.outcome else None
        if isinstance(failure, Failure) and failure.wait is not None:
            return failure.wait
        return back_off(state.attempt_number, self._rng)

    def _sleep(self, seconds: float) -> None:
        self._count(retries=1)
        self._clock.sleep(seconds)

    def _count(self, requests: int = 0, retries: int = 0, received: int = 0) -> None:
        with self._lock:
            now = self._traffic
            self._traffic = replace(
                now,
                requests=now.requests + requests,
                retries=now.retries + retries,
                received=now.received + received,
            )
