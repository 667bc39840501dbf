"""How a scope has been read since its beginning: what is kept beside its cursor."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from careloop.errors import SettingsError
from careloop.model.page import Scope
from careloop.model.plain import from_plain, to_plain
from careloop.ports import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The query, the fields and the selections with which every record of a scope was read.

    What the settings came to ask for later is known of those records only that changed since. `unread` holds
    the ids of records that nobody could make sense of.
    """

    query: str = ""
    fields: tuple[str, ...] = ()
    selections: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    @classmethod
    def of(cls, scope: Scope) -> "Reading":
        """Return how a scope is read now."""
        return cls(query=scope.query, fields=scope.fields, selections=dict(scope.selections))

    def __str__(self) -> str:
        return json.dumps(to_plain(self), sort_keys=True)

    def lacks(self, scope: Scope) -> Iterator[str]:
        """Name what unchanged records lack of what is asked for now."""
        yield from (name for name in scope.fields if name not in self.fields)
        yield from (
            f"the answer whether they belong to link {name}"
            for name, query in scope.selections.items()
            if self.selections.get(name) != query
        )


def resume(store: Records, scope: Scope) -> tuple[str, Reading]:
    """Return the cursor to go on from, empty for the beginning, and how the scope has been read.

    Raises SettingsError when the scope's query is not the one its cursor was made with.
    """
    held = store.get_cursor(scope.id)
    if held is None:
        return "", Reading.of(scope)
    cursor, text = held
    try:
        reading: Reading = from_plain(Reading, json.loads(text))
    except ValueError as error:
        raise SettingsError(
            f"{scope.id}: another careloop kept how far it was read; read everything again once with "
            "--read-again"
        ) from error
    if reading.query != scope.query:
        raise SettingsError(
            f"{scope.id}: its query was '{reading.query}' when last read and is '{scope.query}' now; "
            "put it back, or read everything again once with --read-again"
        )
    return cursor, reading


def say_lacks(lacks: Iterable[str]) -> str:
    """Say in one line what is lacking and what to do."""
    return (
        f"records that have not changed since the settings did lack {', '.join(lacks)}; "
        "run once with --read-again"
    )
