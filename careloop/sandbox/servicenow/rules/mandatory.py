"""Data policies: columns that a record needs in a state."""

from collections.abc import Iterable

from careloop.sandbox.servicenow.draft import Draft
from careloop.sandbox.servicenow.errors import DataPolicyRefused


def demand(draft: Draft, names: Iterable[str]) -> None:
    """Refuse a record that lacks a value in a column; raises DataPolicyRefused, which names them all."""
    missing = [draft.type.columns[name].label for name in names if not draft[name]]
    if missing:
        raise DataPolicyRefused(missing)
