"""Short forms of long addresses: rows of `sys_tiny_url`.

`POST /api/now/tinyurl` with an address answers its short form, whose `sysparm_tiny` stands for the
parameters of the long one (seen in the platform's own scripts, which call it above 2,000 characters).
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from careloop.sandbox.servicenow.engine import Engine
from careloop.sandbox.servicenow.errors import HttpRefused
from careloop.sandbox.servicenow.rest.call import Call, Reply

TABLE = "sys_tiny_url"
PARAMETER = "sysparm_tiny"


def answer(call: Call) -> Reply:
    """Answer `/tinyurl`."""
    return call.choose({"POST": _shorten})


def expand(engine: Engine, query: Mapping[str, str]) -> Mapping[str, str]:
    """Return the parameters of a call with those that `sysparm_tiny` stands for; given ones win."""
    row = engine.db.find(TABLE, query[PARAMETER]) if PARAMETER in query else None
    if row is None:
        return query
    kept = parse_qsl(row[0].value(row[1], "data"), keep_blank_values=True)
    return {**dict(kept), **query}


def _shorten(call: Call) -> Reply:
    url = call.fields().get("url")
    if not isinstance(url, str) or not url:
        raise HttpRefused(400, "Bad Request", "url is required")
    parts = urlsplit(url)
    stamps = {"sys_created_on": call.session.stamp, "sys_created_by": call.session.user.user_name}
    table, slot = call.engine.db.insert(TABLE, {"data": parts.query, "path": parts.path, **stamps})
    short = parts._replace(query=f"{PARAMETER}={table.value(slot, 'sys_id')}")
    return Reply(200, short.geturl())
