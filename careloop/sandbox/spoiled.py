"""Right answers made wrong, in the ways in which platforms and networks really do it."""

import random
from dataclasses import replace

import orjson

from careloop.sandbox.answer import Answer

_LISTS = ("result", "issues", "values", "results")
"""Where either platform keeps the rows of a list."""


def cut(answer: Answer, *, honest: bool) -> Answer:
    """Return the first half of the body; an honest length names the part, the other one the whole."""
    half = answer.body[: len(answer.body) // 2]
    return answer.with_body(half) if honest else replace(answer, body=half, complete=False)


def mix(answer: Answer) -> Answer:
    """Leave half of the rows and add the error of a cancelled transaction; what has no result stays."""
    whole = orjson.loads(answer.body) if answer.body.startswith(b"{") else {}
    if "result" not in whole:
        return answer
    result = whole["result"]
    error = {"message": "Transaction cancelled: maximum execution time exceeded", "detail": None}
    part = result[: len(result) // 2] if isinstance(result, list) else result
    body = orjson.dumps({**whole, "result": part, "error": error, "status": "failure"})
    return replace(answer, status=200).with_body(body)


def hide(answer: Answer, share: float, chance: random.Random) -> Answer:
    """Leave rows out, each with that probability; counts and headers go on telling of all of them."""
    whole = orjson.loads(answer.body) if answer.body.startswith(b"{") else {}
    for name in _LISTS:
        if isinstance(whole.get(name), list):
            whole[name] = [row for row in whole[name] if chance.random() >= share]
            return answer.with_body(orjson.dumps(whole))
    return answer
