"""The Link header of a list."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from careloop.sandbox.servicenow.rest.params import Params

_SAFE = "/:,@!'()*-._~"


def link_header(url: str, params: Params, total: int, *, before_first: bool) -> str:
    """Return the links to other pages, or nothing when everything fits on one.

    With `before_first`, `prev` stands on the first page too, with the offset -1, as recorded from live
    instances; nobody should follow it. Who asks for no count is told no last page.
    """
    if not params.limit or (total <= params.limit and params.offset == 0):
        return ""
    offsets = {"first": 0, "prev": max(params.offset - params.limit, -1)}
    if params.offset == 0 and not before_first:
        del offsets["prev"]
    if params.offset + params.limit < total:
        offsets["next"] = params.offset + params.limit
    if params.count:
        offsets["last"] = max(total - 1, 0) // params.limit * params.limit
    return ",".join(f'<{_at(url, params.limit, offset)}>;rel="{name}"' for name, offset in offsets.items())


def _at(url: str, limit: int, offset: int) -> str:
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    asked.pop("sysparm_offset", None)
    asked.setdefault("sysparm_limit", str(limit))
    return parts._replace(query=urlencode({**asked, "sysparm_offset": offset}, safe=_SAFE)).geturl()
