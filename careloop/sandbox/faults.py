"""Faults on demand: rules that spoil chosen calls in the ways in which platforms and networks really fail."""

import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Annotated, Literal, NamedTuple
from urllib.parse import unquote_plus

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass
from starlette.types import ASGIApp, Receive, Scope, Send

from careloop.sandbox.answer import Answer, capture
from careloop.sandbox.clock import Clock
from careloop.sandbox.connection import Dropped, TimedOut, Unreachable
from careloop.sandbox.refusals import Platform, refuse, too_many, web_page
from careloop.sandbox.semaphores import LET_GO
from careloop.sandbox.spoiled import cut, hide, mix

Pause = Callable[[float], Awaitable[object]]
Kind = Literal[
    "answer_lost",  # the call is carried out, then the connection breaks without an answer
    "reset",  # the connection breaks and nothing happened
    "timeout",  # no answer in time and nothing happened
    "timeout_after",  # no answer in time, yet the call was carried out
    "connect_timeout",  # no connection comes about; over real HTTP it looks like a timeout
    "latency",  # the answer is right, and late
    "status",  # an error status such as 429 or 503
    "unauthorized",  # 401, whatever the credentials
    "html",  # a web page where JSON was expected: a hibernating instance, a gateway, a login page
    "cut",  # the body ends in the middle
    "mixed",  # rows and an error in one body: a transaction that the quota cancelled half-way
    "hidden_rows",  # a list lacks rows that its counts tell of
    "commit_delay",  # a write to ServiceNow is answered, and nobody sees it before `seconds` have passed
    "clock_skew",  # the call meets a node whose clock goes wrong: stamps and `Date` are off
    "expired_token",  # 401 for a bearer token; other credentials are served
    "rate_limit",  # Jira's 429 with all its headers, for one of its reasons
    "search_lag",  # while in force, Jira's search index runs `seconds` behind the issues
    "webhook_loss",  # a message of a webhook is never sent
    "webhook_duplicate",  # it is sent twice
    "webhook_reorder",  # it is sent after those of the next half minute
]
Reason = Literal[
    "jira-quota-global-based",
    "jira-quota-tenant-based",
    "jira-burst-based",
    "jira-per-issue-on-write",
]

PATIENCE = 60.0
"""Seconds for which a timeout holds the connection unless the rule says otherwise."""
PAUSE = "careloop.sandbox.pause"
"""Key in a scope's extensions for the awaitable that lets time pass; without one the clock is charged."""
COMMIT_DELAY = "careloop.sandbox.commit_delay"
"""Key in a scope for the seconds after which others shall see what the call writes."""

_ASIDE = frozenset({"search_lag", "webhook_loss", "webhook_duplicate", "webhook_reorder"})
"""Kinds that are not about calls: the site asks for them."""
_CARRIED_OUT = frozenset({"answer_lost", "timeout_after", "cut", "mixed", "hidden_rows"})
_NEEDS_SECONDS = frozenset({"latency", "commit_delay", "clock_skew", "search_lag"})
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Fault:
    """One rule: which calls are hit, how often, and what becomes of them.

    `path` is a regular expression searched for in path and query (decoded); an empty `method` and no
    `platform` mean any. Of the matching calls the first `skip` pass; then `times` are hit (default 1), or
    each with probability `rate` (without a limit unless `times` is given too). `code`, `headers` and `body`
    shape the answer of status, html and unauthorized; with `after` the call is carried out before that answer
    hides it. `seconds` is how long latency lasts (a number, or a range to draw from) or a timeout holds the
    connection. A cut body has lost its second half; `content_length` says whether that header still names the
    whole ("wrong": the connection breaks where the rest should come) or the part ("right": valid HTTP around
    broken JSON). `share` is how many of the rows are hidden. For commit_delay `seconds` is the time from the
    stamp to being seen, for clock_skew how far the clock is ahead (less than zero: behind). A rate limit
    gives its `reason`, and asks to wait for `seconds` (default 5). Of webhooks the path is that of the
    address they go to. A `script` such as `..x.x` says for each matching call in turn whether it is hit, and
    nothing behind its end is. ValueError (pydantic's) for anything else.
    """

    kind: Kind
    path: str = ""
    method: str = ""
    times: Annotated[int, Field(ge=1)] | None = None
    rate: Annotated[float, Field(ge=0, le=1)] | None = None
    platform: Platform | None = None
    skip: Annotated[int, Field(ge=0)] = 0
    code: Annotated[int, Field(ge=200, le=599)] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    after: bool = False
    seconds: float | tuple[float, float] | None = None
    share: Annotated[float, Field(ge=0, le=1)] = 0.5
    script: Annotated[str, Field(pattern="^[.x]*$")] | None = None
    content_length: Literal["right", "wrong"] = "wrong"
    reason: Reason = "jira-burst-based"

    @model_validator(mode="after")
    def _consistent(self) -> "Fault":
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"path is no regular expression: {error}") from error
        if self.kind in _NEEDS_SECONDS and self.seconds is None:
            raise ValueError(f"{self.kind} needs seconds")
        if isinstance(self.seconds, tuple) and self.kind != "latency":
            raise ValueError(f"seconds of {self.kind} is one number")
        if self.kind != "clock_skew" and min(_both(self.seconds)) < 0:
            raise ValueError("seconds is zero or more")
        if self.script is not None and (self.times is not None or self.rate is not None or self.skip):
            raise ValueError("a script says alone which calls are hit")
        if self.kind == "commit_delay" and self.platform == "jira":
            raise ValueError("commit_delay is ServiceNow's; Jira's search runs behind by search_lag")
        if self.kind == "status" and (self.code or 503) < 400:
            raise ValueError("code of a status fault is 400 or more")
        return self

    def matches(self, platform: Platform, method: str, target: str, *, bearer: bool = False) -> bool:
        """Say whether the rule is about this call; `target` is the path with its query.

        Only writes can be delayed, and only tokens can expire: `bearer` says that the call brings one.
        """
        return (
            self.kind not in _ASIDE
            and self.platform in (None, platform)
            and self.method.upper() in ("", method)
            and (self.kind != "commit_delay" or (platform == "servicenow" and method not in _READS))
            and (self.kind != "expired_token" or bearer)
            and re.search(self.path, target) is not None
        )


class Hit(NamedTuple):
    """A call that a fault was played on."""

    at: datetime
    platform: Platform
    method: str
    target: str
    fault: Fault


class Faults:
    """The rules in force, oldest first, and the log of what they hit.

    Latencies add up with whatever comes next; of the other kinds the first that strikes decides. Chance
    comes from `seed` alone, so the same calls meet the same faults.
    """

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        """Take the sandbox's time from its clock, which moves on where nobody really waits."""
        self._clock = clock
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Forget every rule, the log and the chances drawn so far."""
        self._random = random.Random(self._seed)
        self._rules: list[_Rule] = []
        self.log: list[Hit] = []

    def add(self, fault: Fault) -> None:
        """Put a rule in force, after those that already are."""
        self._rules.append(_Rule(fault))

    def clear(self) -> None:
        """Lift every rule; the log stays."""
        self._rules.clear()

    def rules(self) -> list[tuple[Fault, int]]:
        """Return the rules in force, each with the number of calls it has hit."""
        return [(rule.fault, rule.hits) for rule in self._rules]

    def in_force(self, kind: Kind) -> Fault | None:
        """Return the newest rule of a kind, without counting that it was asked for."""
        return next((rule.fault for rule in reversed(self._rules) if rule.fault.kind == kind), None)

    def strike(self, kind: Kind, target: str) -> bool:
        """Count something that is no call, such as a message to an address, and say whether it is hit."""
        for rule in self._rules:
            fault = rule.fault
            if fault.kind == kind and re.search(fault.path, target) and rule.strikes(self._random):
                self.log.append(Hit(self._clock.now(), "jira", "POST", target, fault))
                return True
        return False

    def around(self, app: ASGIApp, platform: Platform) -> ASGIApp:
        """Return `app` with the rules played on its calls; what breaks a connection is raised."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            delays, fault = self._strike(platform, scope)
            for delay in delays:
                await self._wait(scope, delay)
            if fault is None:
                await app(scope, receive, send)
                return
            if fault.kind == "clock_skew":
                with self._clock.shifted(_both(fault.seconds)[0]):  # `Date` is that of the skewed node, too
                    await (await capture(app, scope, receive)).send(send)
                return
            if fault.kind == "commit_delay":
                scope[COMMIT_DELAY] = _both(fault.seconds)[0]
                await app(scope, receive, send)
                return
            carried_out = fault.after or fault.kind in _CARRIED_OUT
            hidden = await capture(app, scope, receive) if carried_out else Answer()
            await self._spoil(hidden, fault, platform, scope, send)

        return answer

    def _strike(self, platform: Platform, scope: Scope) -> tuple[list[Fault], Fault | None]:
        query = unquote_plus(scope["query_string"].decode())
        target = f"{scope['path']}?{query}" if query else scope["path"]
        bearer = any(n == b"authorization" and v[:7].lower() == b"bearer " for n, v in scope["headers"])
        delays: list[Fault] = []
        for rule in self._rules:
            fault = rule.fault
            if fault.matches(platform, scope["method"], target, bearer=bearer) and rule.strikes(self._random):
                self.log.append(Hit(self._clock.now(), platform, scope["method"], target, fault))
                if fault.kind != "latency":
                    return delays, fault
                delays.append(fault)
        return delays, None

    async def _wait(self, scope: Scope, fault: Fault) -> None:
        seconds = PATIENCE if fault.seconds is None else fault.seconds
        if isinstance(seconds, tuple):
            seconds = self._random.uniform(*seconds)
        pause: Pause | None = (scope.get("extensions") or {}).get(PAUSE)
        if pause is None:
            self._clock.advance(seconds)
        else:
            await pause(seconds)

    async def _spoil(
        self, answer: Answer, fault: Fault, platform: Platform, scope: Scope, send: Send
    ) -> None:
        match fault.kind:
            case "cut":
                part = cut(answer, honest=fault.content_length == "right")
                await part.send(send)
                if not part.complete:
                    raise Dropped
            case "mixed":
                await mix(answer).send(send)
            case "hidden_rows":
                await hide(answer, fault.share, self._random).send(send)
            case "html":
                await web_page(fault.code or 503, fault.headers, fault.body).send(send)
            case "status" | "unauthorized" | "expired_token":
                status = fault.code or (503 if fault.kind == "status" else 401)
                await refuse(platform, status, fault.headers, fault.body).send(send)
            case "rate_limit":
                await too_many(self._clock.now(), fault.reason, fault.seconds, fault.headers).send(send)
            case "reset" | "answer_lost":
                raise Dropped
            case _:
                scope.get(LET_GO, int)()  # what the client waits for in vain keeps no other call waiting
                await self._wait(scope, fault)
                raise Unreachable if fault.kind == "connect_timeout" else TimedOut


def _both(seconds: float | tuple[float, float] | None) -> tuple[float, float]:
    return seconds if isinstance(seconds, tuple) else (seconds or 0, seconds or 0)


class _Rule:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self.hits = 0

    def strikes(self, chance: random.Random) -> bool:
        """Count one matching call and say whether it is hit."""
        self.seen += 1
        if self.fault.script is not None:
            hit = self.fault.script[self.seen - 1 : self.seen] == "x"
            self.hits += hit
            return hit
        limit = self.fault.times or (None if self.fault.rate is not None else 1)
        if self.seen <= self.fault.skip or (limit is not None and self.hits >= limit):
            return False
        if self.fault.rate is not None and chance.random() >= self.fault.rate:
            return False
        self.hits += 1
        return True
