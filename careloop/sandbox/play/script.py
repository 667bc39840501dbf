"""The language of a run: one line per act, which can be written down, read by people and played again.

    lena.moreau reports network/vpn 'The VPN drops every hour'
    paul.adeyemi takes INC0010001
    ada.keller moves ENG-1 Done 10000
    wait 5400

A line names the actor, a verb, mostly a record, and words where the verb needs them, quoted as in a shell.
"""

import inspect
import re
import shlex
from collections.abc import Callable, Mapping
from functools import partial

from careloop.sandbox.play import desk, engineering
from careloop.sandbox.world import Sandbox

_ON_JIRA = re.compile(r"[A-Z]+(-[0-9]+)?")
"""A project key or an issue key; whatever else a line is about lies in ServiceNow."""


def perform(sandbox: Sandbox, line: str) -> None:
    """Play one line; ValueError when it cannot be read, LookupError when it names nobody or nothing known.

    What a platform refuses (reopening a closed incident, a transition that is not there) comes out as its
    `Refused`.
    """
    match shlex.split(line):
        case ["wait", seconds]:
            sandbox.clock.advance(float(seconds))
        case [actor, verb, target, *words]:
            if _ON_JIRA.fullmatch(target):
                _bind(engineering.ACTS, verb, sandbox.jira, actor, target, *words)()
            else:
                _bind(desk.ACTS, verb, sandbox.servicenow, actor, target, *words)()
        case _:
            raise ValueError(f"not a line of a script: {line!r}")


def _bind(acts: Mapping[str, Callable[..., None]], verb: str, *arguments: object) -> Callable[[], None]:
    if verb not in acts:
        raise ValueError(f"nobody knows how to {verb!r}; known here: {', '.join(acts)}")
    try:
        inspect.signature(acts[verb]).bind(*arguments)
    except TypeError as error:
        raise ValueError(f"{verb!r}: {error}") from error
    return partial(acts[verb], *arguments)
