"""Which rows and columns a caller gets to see, and in which shape."""

from collections.abc import Sequence
from typing import Any

from careloop.sandbox.servicenow.rest.call import Call
from careloop.sandbox.servicenow.rest.params import Params
from careloop.sandbox.servicenow.store.database import Row
from careloop.sandbox.servicenow.store.dictionary import TableType
from careloop.sandbox.servicenow.values import View


def visible(rows: Sequence[Row], call: Call) -> Sequence[Row]:
    """Drop what the user may not see; this comes after the limit, so a page may be short or empty."""
    rights, user = call.engine.rights, call.session.user
    if all(rights.on_table("read", name, user) is True for name in {row[0].name for row in rows}):
        return rows
    return [row for row in rows if rights.on_row("read", row, call.session)]


def render(rows: Sequence[Row], call: Call, table: TableType, params: Params) -> list[dict[str, Any]]:
    """Return the rows as JSON objects with the columns that were asked for and may be read.

    `table` is the one that was called, whose columns count: rows of tables that extend it show no others.
    """
    engine, user = call.engine, call.session.user
    link = f"{call.base}/table" if params.links else ""
    view = View(engine.db, engine.journal, user, params.display, link)

    asked = [
        path
        for path in params.columns(table)
        if engine.db.dictionary.find_column(table.name, path)
        and engine.rights.on_path("read", table.name, path, user)
    ]
    return view.render(rows, lambda _: asked)
