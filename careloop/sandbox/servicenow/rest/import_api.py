"""The Import Set API: rows for staging tables, which become records (ServiceNow docs c_ImportSetAPI.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from careloop.sandbox.servicenow.errors import HttpRefused, NotFound, UnknownTable
from careloop.sandbox.servicenow.imports import ROW, Outcome
from careloop.sandbox.servicenow.rest.call import Call, Reply
from careloop.sandbox.servicenow.rest.formats import parse_json
from careloop.sandbox.servicenow.rules.elevated import elevated
from careloop.sandbox.servicenow.store.database import Row

_SYNCHRONOUS = "synchronous"


def answer(call: Call) -> Reply:
    """Answer `/import/<staging table>[/<sys_id>]` and `/import/<staging table>/insertMultiple`."""
    table = call.path["table"]
    if table not in call.engine.db.dictionary:
        raise UnknownTable(table)
    if not call.engine.imports.is_staging(table):
        raise HttpRefused(400, "Invalid staging table", f"{table} does not extend {ROW}")
    match call.path.get("sys_id"):
        case None:
            return call.choose({"POST": _import_one})
        case "insertMultiple":
            return call.choose({"POST": _import_many})
    return call.choose({"GET": _read})


def _import_one(call: Call) -> Reply:
    engine, table = call.engine, call.path["table"]
    made = engine.imports.load(call.session, table, [_texts(call.fields())], mode=_SYNCHRONOUS)
    outcomes = engine.imports.transform(call.session, made)
    (row,) = engine.imports.rows_of(made)
    location = f"{call.base}/import/{table}/{row[0].value(row[1], 'sys_id')}"
    return Reply(201, content=_content(call, row, outcomes), headers={"Location": location})


def _import_many(call: Call) -> Reply:
    """Take in many rows at once; `sys_rest_insert_multiple` says what keys they have and when they count."""
    engine, table = call.engine, call.path["table"]
    body = parse_json(call.body)
    sent = body.get("records") if isinstance(body, dict) else None
    if not isinstance(sent, list) or not all(isinstance(row, dict) for row in sent):
        raise HttpRefused(400, "Exception while reading request", "records must be a list of objects")
    engine.records.check_create(call.session, table)
    kept = engine.db.where("sys_rest_insert_multiple", source_table=table)
    settings = next((settings.row(slot) for settings, slot in kept), {})
    named = _texts if settings.get("column_mapping") == "column_name" else partial(_by_label, call)
    mode, several = settings.get("transformation", "asynchronous"), _several(call)
    made = engine.imports.load(
        call.session, table, list(map(named, sent)), mode=mode, multi_import_set=several
    )
    if mode == _SYNCHRONOUS:
        engine.imports.transform(call.session, made)
    else:
        _transform_next(call, made)
    return Reply(201, content={"import_set_id": made, "multi_import_set_id": several})


def _transform_next(call: Call, import_set: str) -> None:
    """Transform before the next call is answered, as a job of the platform does a moment later."""

    def transform(now: datetime) -> None:
        call.engine.imports.transform(replace(call.session, now=now), import_set)

    call.engine.clock.at(call.session.now, transform)


def _read(call: Call) -> Reply:
    row = call.engine.records.read(call.session, call.path["table"], call.path["sys_id"])
    kept = row[0].row(row[1])
    if kept["sys_import_state"] == "pending":
        raise NotFound
    outcome = Outcome(
        kept["sys_import_state"],
        kept["sys_transform_map"],
        kept["sys_target_table"],
        kept["sys_target_sys_id"],
        kept["sys_import_state_comment"],
    )
    return Reply(200, content=_content(call, row, [outcome]))


def _several(call: Call) -> str:
    """Return the multi import set that the call names, or a new one."""
    engine, named = call.engine, call.query.get("multi_import_set_id", "")
    if named and engine.db.find("sys_multi_import_set", named):
        return named
    table, slot = engine.records.insert(elevated(call.session), "sys_multi_import_set", {})
    return table.value(slot, "sys_id")


def _texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the columns of a row as text; those of the import itself are not the caller's."""
    return {name: "" if value is None else str(value) for name, value in fields.items() if name[:4] != "sys_"}


def _by_label(call: Call, row: Mapping[str, Any]) -> dict[str, str]:
    columns = call.engine.db.dictionary[call.path["table"]].columns.values()
    names = {column.label.casefold(): column.name for column in columns}
    return _texts(
        {names[label.casefold()]: value for label, value in row.items() if label.casefold() in names}
    )


def _content(call: Call, row: Row, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    db = call.engine.db
    return {
        "import_set": db.display("sys_import_set", row[0].value(row[1], "sys_import_set")),
        "staging_table": row[0].name,
        "result": [_result(call, row, outcome) for outcome in outcomes],
    }


def _result(call: Call, row: Row, outcome: Outcome) -> dict[str, str]:
    db = call.engine.db
    shown = {"transform_map": db.display("sys_transform_map", outcome.map), "table": outcome.table}
    if outcome.status == "error":
        return {**shown, "status": "error", "error_message": outcome.message}
    record = db.find(outcome.table, outcome.sys_id)
    if record is not None:
        shown |= {
            "display_name": record[0].type.display,
            "display_value": db.display(outcome.table, outcome.sys_id),
            "record_link": f"{call.base}/table/{outcome.table}/{outcome.sys_id}",
        }
    said = {"status_message": outcome.message} if outcome.message else {}
    sys_id = outcome.sys_id or row[0].value(row[1], "sys_id")
    return {**shown, "status": outcome.status, "sys_id": sys_id, **said}
