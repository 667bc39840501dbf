"""The Table API: lists, reads and writes records of any table (ServiceNow docs c_TableAPI.md)."""

from collections.abc import Sequence
from typing import Any

from careloop.sandbox.servicenow.errors import NotFound, Refused, UnknownTable
from careloop.sandbox.servicenow.rest.call import Call, Reply
from careloop.sandbox.servicenow.rest.pages import link_header
from careloop.sandbox.servicenow.rest.params import Params, read_params
from careloop.sandbox.servicenow.rest.rendering import render, visible
from careloop.sandbox.servicenow.store.database import Row
from careloop.sandbox.servicenow.store.dictionary import TableType

MOVES_PROBLEMS = "sandbox.problem.table_api_moves_states"
"""Property of ours: from Rome on instances leave the state of a problem, says the Ansible collection."""
_PROBLEM_STATES = ("state", "problem_state")
_CANCELLED = "Transaction cancelled: maximum execution time exceeded"


def answer(call: Call) -> Reply:
    """Answer `/api/now[/v1|/v2]/table/<table>[/<sys_id>]`."""
    if call.path["table"] not in call.engine.db.dictionary:
        raise UnknownTable(call.path["table"])
    if "sys_id" in call.path:
        return call.choose({"GET": _read, "PUT": _update, "PATCH": _update, "DELETE": _delete})
    return call.choose({"GET": _list, "POST": _create})


def find(call: Call, table: str, params: Params) -> Sequence[Row]:
    """Return the rows that the parameters find, as far as the user may query; raises Refused."""
    engine, user = call.engine, call.session.user
    if engine.rights.is_revoked(user, table, "query"):
        raise Refused("Insufficient rights to query records", "Failed API level ACL Validation")

    def permit(name: str, path: str, operation: str) -> bool:
        return engine.rights.on_query(operation, name, path, user)

    return engine.search.find(table, params.query, call.session, permit)


def links(call: Call, params: Params, total: int) -> dict[str, str]:
    """Return the Link header of a list, if there is one."""
    before_first = call.engine.properties.flag("sandbox.rest.link_prev_on_first_page", default=True)
    header = link_header(call.url, params, total, before_first=before_first)
    return {"Link": header} if header else {}


def _list(call: Call) -> Reply:
    params = _params(call)
    found = find(call, call.path["table"], params)
    page = found[params.offset : params.offset + params.limit]
    rows = visible(page, call)
    if call.version == "v1" and not rows:
        raise NotFound
    told = params.count or call.engine.properties.flag("sandbox.rest.no_count_sends_total")
    headers = {"X-Total-Count": str(len(found))} if told else {}
    if params.pagination:
        headers |= links(call, params, len(found))
    return _within_quota(call, Reply(200, render(rows, call, _type(call), params), headers))


def _within_quota(call: Call, reply: Reply) -> Reply:
    """Cut a list where the transaction quota of 60 seconds ends it: after `sandbox.quota.rows` rows.

    Then rows and an error share one body under a status of 200 (gflewis/sndml3 issue 38, PySNC issue 95).
    Some have seen text where the last row should be; `sandbox.quota.string_element` shows that too.
    """
    properties = call.engine.properties
    most = properties.number("sandbox.quota.rows", len(reply.result))
    if len(reply.result) <= most:
        return reply
    part = reply.result[:most]
    if properties.flag("sandbox.quota.string_element"):
        part = [*part, _CANCELLED]
    detail = (
        f"{_CANCELLED} Check logs for error trace or enable glide.rest.debug property to verify REST request"
    )
    return reply._replace(result=part, error={"message": _CANCELLED, "detail": detail})


def _read(call: Call) -> Reply:
    return Reply(200, _shown(_found(call), call))


def _create(call: Call) -> Reply:
    table = call.path["table"]
    row = call.engine.records.insert(call.session, table, call.fields(), display=_params(call).input_display)
    location = f"{call.base}/table/{table}/{row[0].value(row[1], 'sys_id')}"
    return Reply(201, _shown(row, call), {"Location": location})


def _update(call: Call) -> Reply:
    fields, row = call.fields(), _found(call)
    if call.path["table"] == "problem" and not call.engine.properties.flag(MOVES_PROBLEMS, default=True):
        fields = {name: value for name, value in fields.items() if name not in _PROBLEM_STATES}
    call.engine.records.update(call.session, row, fields, display=_params(call).input_display)
    return Reply(200, _shown(row, call))


def _delete(call: Call) -> Reply:
    call.engine.records.delete(call.session, _found(call))
    return Reply(204)


def _params(call: Call) -> Params:
    return read_params(call.engine.db, call.path["table"], call.query)


def _type(call: Call) -> TableType:
    return call.engine.db.dictionary[call.path["table"]]


def _found(call: Call) -> Row:
    return call.engine.records.read(call.session, call.path["table"], call.path["sys_id"])


def _shown(row: Row, call: Call) -> Any:
    """Return the record, or nothing of it when a write has put it out of the user's sight."""
    shown: Sequence[Any] = render(visible([row], call), call, _type(call), _params(call))
    return shown[0] if shown else {}
