"""How records and people are called where people read about them."""

from collections.abc import Iterable

from careloop.model.person import Person, person_id
from careloop.model.record import Record, RecordRef
from careloop.ports import Records

TITLE_WIDTH = 60


class Names:
    """Numbers, titles and names, each looked up once; what is unknown keeps its id."""

    def __init__(self, records: Records) -> None:
        self._store = records
        self._records: dict[RecordRef, Record | None] = {}
        self._people: dict[str, Person | None] = {}

    def learn(self, refs: Iterable[RecordRef], people: Iterable[str] = ()) -> None:
        """Look many up at once."""
        new = set(refs) - self._records.keys()
        found = self._store.get_records(new)
        self._records.update({ref: found.get(ref) for ref in new})
        strangers = set(people) - self._people.keys()
        known = self._store.get_people(strangers)
        self._people.update({id: known.get(id) for id in strangers})

    def number(self, ref: RecordRef) -> str:
        """Return a record's number."""
        record = self._record(ref)
        return record.number if record else str(ref)

    def title(self, ref: RecordRef) -> str:
        """Return a record's number and title."""
        record = self._record(ref)
        if record is None or not record.title:
            return self.number(ref)
        title = record.title if len(record.title) <= TITLE_WIDTH else record.title[: TITLE_WIDTH - 1] + "…"
        return f"{record.number} {title}"

    def person(self, id: str | None) -> str:
        """Return a person's name, or the pseudonym where the store knows no name."""
        if not id:
            return "nobody"
        if id not in self._people:
            self.learn((), [id])
        person = self._people[id]
        return (person.name or person.id) if person else id

    def value(self, instance: str, value: str, about: RecordRef) -> str:
        """Return a field's value, or the name of the person or the record's group whose id it is."""
        record = self._record(about)
        if record and value and value == record.group:
            return record.group_name or value
        id = person_id(instance, value)
        name = self.person(id) if value else id
        return value if name == id else name

    def _record(self, ref: RecordRef) -> Record | None:
        if ref not in self._records:
            self.learn([ref])
        return self._records[ref]
