"""People, so that who they are can be erased while what was counted about them stays."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.sqlite import insert

from careloop.model.person import Person
from careloop.model.plain import from_plain, to_plain
from careloop.store.engine import Database, among
from careloop.store.schema import CONTACT_POINT, PERSON

IDENTIFYING = ("native", "account", "name", "email")


class SqlPeople:
    """People in two tables: their traits, and their contact points."""

    _database: Database

    def save_people(self, people: Iterable[Person]) -> None:
        plain = [to_plain(item) for item in {item.id: item for item in people}.values()]
        if not plain:
            return
        points = [{"person": item["id"], **{name: item.pop(name) for name in IDENTIFYING}} for item in plain]
        traits = insert(PERSON)
        traits = traits.on_conflict_do_update(index_elements=["id"], set_={"traits": traits.excluded.traits})
        reach = insert(CONTACT_POINT)
        known = {name: reach.excluded[name] for name in IDENTIFYING}
        with self._database.writing() as connection:
            connection.execute(traits, [{"id": item["id"], "traits": item} for item in plain])
            connection.execute(reach.on_conflict_do_update(index_elements=["person"], set_=known), points)

    def get_people(self, ids: Collection[str]) -> dict[str, Person]:
        return {person.id: person for person in self._select(among(PERSON.c.id, ids))}

    def find_people(self, name: str) -> list[Person]:
        if not name:
            return []  # an empty mail address is nobody's
        columns = (PERSON.c.id, *(CONTACT_POINT.c[column] for column in ("native", "account", "email")))
        return self._select(or_(*(func.lower(column) == func.lower(name) for column in columns)))

    def _select(self, which: ColumnElement[bool]) -> list[Person]:
        columns = [CONTACT_POINT.c[name] for name in IDENTIFYING]
        query = select(PERSON.c.id, PERSON.c.traits, *columns).join_from(PERSON, CONTACT_POINT)
        with self._database.reading() as connection:
            return [
                from_plain(Person, traits | dict(zip(IDENTIFYING, identifying, strict=True)))
                for _, traits, *identifying in connection.execute(query.where(which).order_by(PERSON.c.id))
            ]
