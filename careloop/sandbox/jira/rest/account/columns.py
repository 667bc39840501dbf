"""The columns of tables of issues: those of the site, of an account, of a filter."""

from collections.abc import Iterable
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs

from careloop.sandbox.jira import filters
from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.rest.call import Answer, Call, Route

_NAME = "columns"


def of_site(call: Call) -> Answer:
    administer(call.store, call.actor)
    return Answer(200, _show(call, call.store.settings.columns))


def set_of_site(call: Call) -> Answer:
    administer(call.store, call.actor)
    call.store.settings.columns = _read(call, 404)
    return Answer(200, {})


def of_user(call: Call) -> Answer:
    chosen = _user(call).columns
    return Answer(200, _show(call, call.store.settings.columns if chosen is None else chosen))


def set_of_user(call: Call) -> Answer:
    user = _user(call)
    user.columns = _read(call, 400)
    return Answer(200, {})


def reset_of_user(call: Call) -> Answer:
    _user(call, 403).columns = None
    return Answer(204)


def of_filter(call: Call) -> Answer:
    found = filters.find(call.store, call.user, call.parameters["filter"])
    if found.columns is None:
        raise Refused(404, f"The filter '{found.name}' has no columns of its own.")
    return Answer(200, _show(call, found.columns))


def set_of_filter(call: Call) -> Answer:
    found = filters.find(call.store, call.actor, call.parameters["filter"])
    if not found.is_edited_by(call.actor, call.store.rights):
        raise Refused(403, "You do not own this filter and so cannot choose its columns.")
    found.columns = _read(call, 400)
    return Answer(200, {})


def reset_of_filter(call: Call) -> Answer:
    found = filters.find(call.store, call.actor, call.parameters["filter"])
    if found.is_edited_by(call.actor, call.store.rights):
        found.columns = None
    return Answer(204)


def _user(call: Call, unknown: int = 404) -> User:
    """Return the account that the query string names, the caller for none; 403 for others' without rights."""
    name = "accountId" if call.store.is_cloud else "username"
    user, reference = call.actor, call.query.get(name)
    if not reference:
        return user
    found = call.store.account(reference)
    if found is not user and not call.store.rights.administers(user):
        raise Refused(403, "You do not have permission to see or choose the columns of other users.")
    if found is None:
        raise Refused(unknown, f"The user '{reference}' does not exist.")
    return found


def _show(call: Call, columns: Iterable[str]) -> list[dict[str, str]]:
    known = call.store.configuration.fields
    found = (field for name in columns if (field := known.by_id(name)))
    return [{"label": field.name, "value": field.id} for field in found]


def _read(call: Call, unknown: int) -> tuple[str, ...]:
    """Return the columns of a form, each once; a refusal for one that is no field."""
    names = _fields(call)
    fields = call.store.configuration.fields
    if wrong := [name for name in names if fields.by_id(name) is None]:
        raise Refused(unknown, f"There is no field '{wrong[0]}' to make a column of.")
    return tuple(dict.fromkeys(names))


def _fields(call: Call) -> list[str]:
    """Return the values of `columns` in a form of either kind, or in JSON, where a bare list will do, too."""
    kind = call.headers.get("content-type", "")
    if kind.startswith("application/json"):
        content = call.json()
        given: Any = content if isinstance(content, list) else call.object(_NAME).get(_NAME) or []
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            raise Refused(400, "The columns must be a list of strings.")
        return given
    if kind.startswith("multipart/"):
        message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + call.body)
        parts = message.iter_parts() if message.is_multipart() else ()
        named = (p for p in parts if p.get_param("name", header="content-disposition") == _NAME)
        return [str(part.get_content()).strip() for part in named]
    return parse_qs(call.body.decode("utf-8", "replace")).get(_NAME, [])


ROUTES: list[Route] = [
    ("GET", "/user/columns", of_user),
    ("PUT", "/user/columns", set_of_user),
    ("DELETE", "/user/columns", reset_of_user),
    ("GET", "/filter/{filter}/columns", of_filter),
    ("PUT", "/filter/{filter}/columns", set_of_filter),
    ("DELETE", "/filter/{filter}/columns", reset_of_filter),
    ("GET", "/settings/columns", of_site),
    ("PUT", "/settings/columns", set_of_site),
]
