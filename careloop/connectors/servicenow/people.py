"""Accounts of an instance as persons, by sys_id and by the user name that histories hold."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from careloop.connectors.servicenow.client import Row
from careloop.connectors.servicenow.pages import Pages
from careloop.connectors.servicenow.query import batches, equals, one_of, stamp
from careloop.errors import RightMissing, SettingsError
from careloop.model.person import Person, PersonKind, person_id
from careloop.ports import Clock

FRESH = timedelta(minutes=10)  # how long an account is taken as it was read
_FIELDS = (
    *("sys_id", "user_name", "name", "email", "active", "time_zone", "preferred_language", "vip"),
    *("web_service_access_only", "internal_integration_user"),
)


class People:
    """Reads accounts and their groups as they are needed and remembers them for a while."""

    def __init__(self, pages: Pages, clock: Clock, instance: str, login: str) -> None:
        self._pages = pages
        self._clock = clock
        self._instance = instance
        self._login = login
        self._rows: dict[str, Row | None] = {}
        self._groups: dict[str, frozenset[str]] = {}
        self._delegates: dict[str, frozenset[str]] = {}
        self._closed: set[str] = set()  # tables that our account may not read, or that are not installed
        self._names: dict[str, str] = {}
        self._read_at = clock.now()
        self._own: Row | None = None

    def load(self, natives: Iterable[str], names: Iterable[str] = ()) -> None:
        """Read the accounts with those sys_ids and user names that are not known yet."""
        if self._clock.now() - self._read_at > FRESH:
            self._rows.clear()
            self._groups.clear()
            self._delegates.clear()
            self._names.clear()
            self._read_at = self._clock.now()
        new = {native for native in natives if native not in self._rows}
        unnamed = {name for name in names if name and name not in self._names}
        found = [*self._find("sys_id", new), *self._find("user_name", unnamed)]
        self._rows |= dict.fromkeys(new)
        self._names |= {name: name for name in unnamed}
        for row in found:
            self._rows[row["sys_id"]] = row
            self._names[row["user_name"]] = row["sys_id"]
        accounts = sorted(row["sys_id"] for row in found)
        self._groups |= self._members(accounts)
        self._delegates |= self._standing_in(accounts)

    def find(self, name: str) -> tuple[Person, ...]:
        """Return the persons with that user name, e-mail address or sys_id, which a record need not name."""
        if not name:
            return ()
        query = "^OR".join(equals(column, name) for column in ("user_name", "email", "sys_id"))
        rows = self._pages.all("sys_user", query, _FIELDS).rows
        natives = [row["sys_id"] for row in rows if row.get("sys_id")]
        self.load(natives)
        return tuple(person for person in self.persons(natives, ()) if person.goes_by(name))

    def by_name(self, user_name: str) -> str | None:
        """Return the pseudonym of a loaded user name; one without an account stands for itself."""
        return person_id(self._instance, self._names.get(user_name, user_name)) if user_name else None

    def name_of(self, user_name: str) -> str:
        """Return what people call a loaded user name."""
        row = self._rows.get(self._names.get(user_name, ""))
        return (row and row.get("name")) or user_name

    def is_program(self, user_name: str) -> bool:
        """Tell whether no person is behind a loaded user name."""
        row = self._rows.get(self._names.get(user_name, ""))
        return row is not None and _kind(row) is PersonKind.SERVICE

    def own_name(self) -> str:
        """Return the user name of our own account; the one we log in with where it cannot be read.

        Raises RightMissing where neither is known: our own texts would be taken for somebody else's.
        """
        name = self.own().get("user_name") or self._login
        if not name:
            says = f"{self._instance}: nothing tells which account our token is of"
            raise RightMissing(f"{says}; give that account read access to its own row of sys_user")
        return name

    def is_own(self, user_name: str) -> bool:
        """Tell whether a user name is ours; the platform does not mind in which case it is written."""
        return user_name.casefold() == self.own_name().casefold()

    def own(self) -> Row:
        """Return our own account."""
        if self._own is None:
            query = "sys_id=javascript:gs.getUserID()"
            rows = self._pages.all("sys_user", query, (*_FIELDS, "date_format", "time_format")).rows
            self._own = rows[0] if len(rows) == 1 else {}
        return self._own

    def persons(self, natives: Iterable[str], names: Iterable[str]) -> tuple[Person, ...]:
        """Return the persons behind loaded sys_ids and user names.

        A name in a history without an account, such as the platform's own "system", is taken for a program.
        """
        named = {name: self._names.get(name, name) for name in names}
        every = {*natives, *named.values()}
        rows = (self._rows.get(native) for native in sorted(every))
        programs = (name for name, native in sorted(named.items()) if name and native == name)
        return (*(self._person(row) for row in rows if row), *map(self._program, programs))

    def _program(self, name: str) -> Person:
        return Person(
            id=person_id(self._instance, name),
            instance=self._instance,
            native=name,
            account=name,
            name=name,
            kind=PersonKind.SERVICE,
        )

    def _person(self, row: Row) -> Person:
        return Person(
            id=person_id(self._instance, row["sys_id"]),
            instance=self._instance,
            native=row["sys_id"],
            account=row["user_name"],
            name=row.get("name", ""),
            email=row.get("email", ""),
            active=row.get("active", "true") == "true",
            kind=_kind(row),
            zone=row.get("time_zone", ""),
            language=row.get("preferred_language", ""),
            groups=self._groups.get(row["sys_id"], frozenset()),
            delegates=self._delegates.get(row["sys_id"], frozenset()),
            vip=row.get("vip") == "true",
        )

    def _find(self, column: str, values: Iterable[str]) -> list[Row]:
        rows: list[Row] = []
        for batch in batches(sorted(values)):
            rows += self._pages.all("sys_user", one_of(column, batch), _FIELDS).rows
        return [row for row in rows if row.get("sys_id") and "user_name" in row]

    def _members(self, accounts: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return the groups of accounts by sys_id."""
        rows = self._about(accounts, "sys_user_grmember", ("group",))
        return _gathered((row["user"], row["group"]) for row in rows)

    def _standing_in(self, accounts: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return the pseudonyms of those who stand in for accounts today."""
        today = stamp(self._clock.now())
        rows = self._about(accounts, "sys_user_delegate", ("delegate", "starts", "ends"))
        return _gathered(
            (row["user"], person_id(self._instance, row["delegate"]))
            for row in rows
            if row["starts"] <= today and (not row["ends"] or today <= row["ends"])
        )

    def _about(self, accounts: Sequence[str], table: str, columns: tuple[str, ...]) -> list[Row]:
        """Return what a table holds about accounts; nothing where it is closed to us, as `check` says."""
        if table in self._closed:
            return []
        wanted = {"user", *columns}
        try:
            parts = [
                self._pages.all(table, one_of("user", batch), ("sys_id", "user", *columns)).rows
                for batch in batches(accounts)
            ]
        except (RightMissing, SettingsError):
            self._closed.add(table)
            return []
        return [row for rows in parts for row in rows if row.keys() >= wanted]


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    sets: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        sets[key].add(value)
    return {key: frozenset(values) for key, values in sets.items()}


def _kind(row: Row) -> PersonKind:
    service = "true" in (row.get("web_service_access_only"), row.get("internal_integration_user"))
    return PersonKind.SERVICE if service else PersonKind.HUMAN
