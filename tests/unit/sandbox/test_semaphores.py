"""Few requests at a time: the rest wait in order, and too many are turned away."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.types import Receive, Scope, Send

from careloop.sandbox.answer import Answer, make_json, replay
from careloop.sandbox.semaphores import LET_GO, WAITED, Semaphores

Call = Callable[[str], "asyncio.Task[Answer]"]
Story = Callable[["Slow", Call], Awaitable[None]]


class Slow:
    """An app whose calls end when they are told to."""

    def __init__(self) -> None:
        self.entered: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}
        self.scopes: dict[str, Scope] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"]
        self.entered.append(name)
        self.scopes[name] = scope
        self.ends[name] = asyncio.Event()
        await self.ends[name].wait()
        await make_json(200, {"waited": scope[WAITED]}).send(send)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def play(
    slots: int,
    queue: int,
    story: Callable[[Slow, Callable[[str], "asyncio.Task[Answer]"]], Awaitable[None]],
    *,
    web_page: bool = False,
) -> None:
    async def main() -> None:
        app = Slow()
        limited = Semaphores(lambda: slots, lambda: queue, lambda: web_page).around(app)

        async def call(name: str) -> Answer:
            answer = Answer()
            cookie = [(b"cookie", f"a=b; JSESSIONID={name[1:]}".encode())] if name[1:] else []
            scope = {"type": "http", "path": name, "headers": cookie}
            await limited(scope, replay(b""), answer.collect)
            return answer

        await story(app, lambda name: asyncio.create_task(call(name)))

    asyncio.run(main())


def test_calls_beyond_the_slots_wait_in_order() -> None:
    async def story(app: Slow, call: Call) -> None:
        tasks = [call(name) for name in "abcd"]
        await settle()
        assert app.entered == ["a", "b"]
        app.ends["b"].set()
        await settle()
        assert app.entered == ["a", "b", "c"]
        for name in "acd":
            await settle()
            app.ends[name].set()
        answers = await asyncio.gather(*tasks)
        assert [answer.body for answer in answers[:2]] == [b'{"waited":0}'] * 2
        assert {answer.status for answer in answers} == {200}

    play(2, 10, story)


def test_a_full_queue_turns_away_and_room_comes_back() -> None:
    async def story(app: Slow, call: Call) -> None:
        tasks = [call(name) for name in "abc"]
        await settle()
        assert (await tasks[2]).status == 429
        for name in "ab":
            app.ends[name].set()
            await settle()
        late = call("d")
        await settle()
        app.ends["d"].set()
        assert [(await task).status for task in (*tasks[:2], late)] == [200, 200, 200]

    play(1, 1, story)


@pytest.mark.parametrize(("web_page", "kind"), [(False, b"application/json"), (True, b"text/html")])
def test_who_is_turned_away_is_told_in_json_or_by_a_web_page(*, web_page: bool, kind: bytes) -> None:
    async def story(app: Slow, call: Call) -> None:
        first = call("a")
        await settle()
        refused = await call("b")
        assert (refused.status, dict(refused.headers)[b"content-type"].split(b";")[0]) == (429, kind)
        app.ends["a"].set()
        await first

    play(1, 0, story, web_page=web_page)


def test_who_gives_up_in_the_queue_takes_no_semaphore_along() -> None:
    async def story(app: Slow, call: Call) -> None:
        first, second, third = (call(name) for name in "abc")
        await settle()
        second.cancel()
        await settle()
        app.ends["a"].set()
        await settle()
        assert app.entered == ["a", "c"]
        app.ends["c"].set()
        assert (await first).status == (await third).status == 200

    play(1, 5, story)


def test_calls_of_one_session_are_served_one_after_another() -> None:
    async def story(app: Slow, call: Call) -> None:
        tasks = [call(name) for name in ("a1", "b1", "c2", "d", "e1")]
        await settle()
        assert app.entered == ["a1", "c2", "d"]
        for name in ("a1", "b1"):
            app.ends[name].set()
            await settle()
        assert app.entered == ["a1", "c2", "d", "b1", "e1"]
        for name in ("c2", "d", "e1"):
            app.ends[name].set()
        assert {(await task).status for task in tasks} == {200}

    play(10, 10, story)


def test_a_call_whose_answer_gets_lost_gives_its_places_back() -> None:
    async def story(app: Slow, call: Call) -> None:
        tasks = [call("a1")]
        await settle()
        app.scopes["a1"][LET_GO]()
        tasks += [call("b1"), call("c")]
        await settle()
        assert app.entered == ["a1", "b1"]
        for name in ("b1", "a1", "c"):
            app.ends[name].set()
            await settle()
        assert {(await task).status for task in tasks} == {200}
        late = [call(name) for name in ("d", "e")]
        await settle()
        assert app.entered[3:] == ["d"]
        for name in ("d", "e"):
            app.ends[name].set()
            await settle()
        assert {(await task).status for task in late} == {200}

    play(1, 10, story)
