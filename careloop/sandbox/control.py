"""The routes under /__sandbox__/: scripts move time, order faults, read the outbox and start afresh."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any, Protocol

import orjson
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from careloop.sandbox.clock import Clock
from careloop.sandbox.faults import Fault, Faults

PREFIX = "/__sandbox__"
TEN_YEARS = 315_576_000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_FAULT = TypeAdapter(Fault)
_FAULTS = TypeAdapter(list[Fault])


class Board(Protocol):
    """What a platform lets scripts see and set: switches (a dataclass) and the messages of webhooks."""

    @property
    def switches(self) -> Any: ...

    def messages(self) -> Any: ...


class Move(BaseModel):
    """An order to the clock: to a time or forward by seconds, and whether it stands still from there on."""

    model_config = ConfigDict(extra="forbid")

    now: Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)] | None = None
    advance_seconds: Annotated[float, Field(ge=0, le=TEN_YEARS)] | None = None
    frozen: bool | None = None

    @model_validator(mode="after")
    def _one_order(self) -> "Move":
        if self.now is not None and self.advance_seconds is not None:
            raise ValueError("give now or advance_seconds, not both")
        if self.now is None and self.advance_seconds is None and self.frozen is None:
            raise ValueError("give now, advance_seconds or frozen")
        return self

    def apply(self, clock: Clock) -> None:
        """Carry the order out; ValueError when a clock without a source is told to flow."""
        if self.frozen:
            clock.freeze()
        elif self.frozen is not None:
            clock.flow()
        if self.now is not None:
            clock.move_to(self.now)
        if self.advance_seconds is not None:
            clock.advance(self.advance_seconds)


class Right(BaseModel):
    """A right of one ServiceNow user on a table or `table.column`, to take away or to give back."""

    model_config = ConfigDict(extra="forbid")

    user: str
    name: str
    operation: str = "read"


class Rights(Protocol):
    """Who takes rights away and gives them back: the pretend ServiceNow."""

    def revoke(self, user_name: str, name: str, operation: str = "read") -> None: ...

    def restore(self, user_name: str, name: str, operation: str = "read") -> None: ...


class Control:
    """Answers the control paths; bad input is a 400 whose `error` is one line."""

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        outbox: Callable[[], Sequence[Mapping[str, Any]]],
        reset: Callable[[], None],
        rights: Rights,
        boards: Mapping[str, Board] = MappingProxyType({}),
    ) -> None:
        """Take what scripts may see and set of each platform from `boards`, by its name."""
        self._clock, self._faults, self._outbox, self._reset = clock, faults, outbox, reset
        self._rights = rights
        self._boards = boards
        routes = [
            Route("/clock", self._show_clock, methods=["GET"]),
            Route("/clock", self._move_clock, methods=["POST"]),
            Route("/faults", self._show_faults, methods=["GET"]),
            Route("/faults", self._add_fault, methods=["POST"]),
            Route("/faults", self._clear_faults, methods=["DELETE"]),
            Route("/outbox", self._show_outbox, methods=["GET"]),
            Route("/rights", self._revoke, methods=["POST"]),
            Route("/rights", self._restore, methods=["DELETE"]),
            Route("/switches", self._show_switches, methods=["GET"]),
            Route("/switches", self._set_switches, methods=["POST"]),
            Route("/webhooks", self._show_webhooks, methods=["GET"]),
            Route("/reset", self._start_afresh, methods=["POST"]),
            Route("/health", self._show_health, methods=["GET"]),
        ]
        handlers: Any = dict.fromkeys((HTTPException, ValidationError, orjson.JSONDecodeError), _refuse)
        self.app: ASGIApp = Starlette(routes=[Mount(PREFIX, routes=routes)], exception_handlers=handlers)

    async def _show_clock(self, request: Request) -> Response:
        return _json({"now": self._clock.now(), "frozen": self._clock.frozen})

    async def _move_clock(self, request: Request) -> Response:
        move = Move.model_validate(await _read(request))
        try:
            move.apply(self._clock)
        except ValueError as error:
            raise HTTPException(400, str(error)) from error
        return await self._show_clock(request)

    async def _show_faults(self, request: Request) -> Response:
        rules = [{**asdict(fault), "hits": hits} for fault, hits in self._faults.rules()]
        log = [{**hit._asdict(), "fault": hit.fault.kind} for hit in self._faults.log]
        return _json({"faults": rules, "log": log})

    async def _add_fault(self, request: Request) -> Response:
        sent = await _read(request)
        faults = _FAULTS.validate_python(sent) if isinstance(sent, list) else [_FAULT.validate_python(sent)]
        for fault in faults:
            self._faults.add(fault)
        return await self._show_faults(request)

    async def _clear_faults(self, request: Request) -> Response:
        self._faults.clear()
        return await self._show_faults(request)

    async def _show_outbox(self, request: Request) -> Response:
        return _json({"mails": self._outbox()})

    async def _revoke(self, request: Request) -> Response:
        right = Right.model_validate(await _read(request))
        self._rights.revoke(right.user, right.name, right.operation)
        return _json(right.model_dump())

    async def _restore(self, request: Request) -> Response:
        right = Right.model_validate(await _read(request))
        self._rights.restore(right.user, right.name, right.operation)
        return _json(right.model_dump())

    async def _show_switches(self, request: Request) -> Response:
        shown = {name: board.switches for name, board in self._boards.items()}
        return _json({name: TypeAdapter(type(s)).dump_python(s, mode="json") for name, s in shown.items()})

    async def _set_switches(self, request: Request) -> Response:
        asked = await _read(request)
        boards = self._boards
        if not isinstance(asked, dict) or not set(asked) <= set(boards):
            raise HTTPException(400, f"the body names the switches of {' or '.join(boards)}")
        for name, positions in asked.items():
            _flip(boards[name].switches, positions)
        return await self._show_switches(request)

    async def _show_webhooks(self, request: Request) -> Response:
        return _json({name: board.messages() for name, board in self._boards.items()})

    async def _start_afresh(self, request: Request) -> Response:
        self._reset()
        return await self._show_clock(request)

    async def _show_health(self, request: Request) -> Response:
        return _json({"status": "ok", "now": self._clock.now()})


def _flip(switches: Any, positions: Any) -> None:
    """Set switches by name; for what does not exist, HTTPException or ValidationError and no change."""
    known = {name: getattr(switches, name) for name in switches.__dataclass_fields__}
    if not isinstance(positions, dict) or not set(positions) <= set(known):
        raise HTTPException(400, f"the switches are {', '.join(known)}")
    fresh = TypeAdapter(type(switches)).validate_python(known | positions)
    for name in positions:
        setattr(switches, name, getattr(fresh, name))


async def _read(request: Request) -> Any:
    return orjson.loads(await request.body())


async def _refuse(request: Request, error: Exception) -> Response:
    match error:
        case HTTPException():
            return _json({"error": f"{request.method} {request.url.path}: {error.detail}"}, error.status_code)
        case ValidationError():
            return _json({"error": "; ".join(_say(**part) for part in error.errors())}, 400)
        case _:
            return _json({"error": f"the body is not JSON: {error}"}, 400)


def _say(loc: tuple[int | str, ...], msg: str, **_: Any) -> str:
    place = ".".join(str(step) for step in loc)
    return f"{place}: {msg}" if place else msg


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value, option=orjson.OPT_UTC_Z), status, media_type="application/json")
