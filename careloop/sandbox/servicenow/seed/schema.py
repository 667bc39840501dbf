"""What the instance says about its own tables, columns, choices and numbers."""

from careloop.sandbox.servicenow.seed.rows import Rows
from careloop.sandbox.servicenow.store.database import FIRST_NUMBER, Database
from careloop.sandbox.servicenow.store.dictionary import Column, TableType

_TYPES = {
    "GUID": "Sys ID (GUID)",
    "boolean": "True/False",
    "glide_date_time": "Date/Time",
    "glide_date": "Date",
    "glide_duration": "Duration",
    "glide_list": "List",
    "html": "HTML",
    "journal_input": "Journal Input",
    "journal_list": "Journal List",
    "password2": "Password (2 Way Encrypted)",
    "password": "Password (1 Way Encrypted)",
    "table_name": "Table Name",
    "sys_class_name": "System Class Name",
}
"""What types are called; the others as they are written."""


def describe_tables(db: Database, rows: Rows) -> None:
    """Insert a row for every table, for every column where it is defined, and for every choice."""
    ids: dict[str, str] = {}
    _describe_types(db, rows)
    for type in db.dictionary:
        ids[type.name] = rows.insert(
            "sys_db_object",
            {
                "name": type.name,
                "label": type.label,
                "sys_name": type.label,
                "super_class": ids.get(type.parent, ""),
                "is_extendable": "true" if len(db.dictionary.family(type.name)) > 1 else "false",
            },
        )
        rows.insert(
            "sys_dictionary",
            {"name": type.name, "internal_type": "collection", "column_label": type.label},
        )
        if type.prefix:
            counter = {"number": str(FIRST_NUMBER), "maximum_digits": str(type.digits)}
            rows.insert("sys_number", {"category": ids[type.name], "prefix": type.prefix, **counter})
        inherited = db.dictionary[type.parent].columns if type.parent else {}
        for column in type.columns.values():
            if inherited.get(column.name) is not column:
                _describe(type, column, rows)


def _describe_types(db: Database, rows: Rows) -> None:
    """Insert a row for every type that a column has; those of tables are of type `collection`."""
    used = {column.type for type in db.dictionary for column in type.columns.values()}
    for name in sorted(used | {"collection"}):
        label = _TYPES.get(name) or name.replace("_", " ").capitalize()
        rows.insert("sys_glide_object", {"name": name, "label": label})


def _describe(type: TableType, column: Column, rows: Rows) -> None:
    rows.insert(
        "sys_dictionary",
        {
            "name": type.name,
            "element": column.name,
            "column_label": column.label,
            "internal_type": column.type,
            "reference": column.reference,
            "reference_key": column.key,
            "max_length": str(column.length),
            "read_only": "true" if column.read_only else "false",
            "audit": "true" if type.audited else "false",
            "display": "true" if column.name == type.display else "false",
            "choice": "1" if column.choices else "0",
            "default_value": column.default,
        },
    )
    for sequence, choice in enumerate(column.choices):
        rows.insert(
            "sys_choice",
            {
                "name": type.name,
                "element": column.name,
                "value": choice.value,
                "label": choice.label,
                "dependent_value": choice.depends_on,
                "sequence": str(sequence),
            },
        )
