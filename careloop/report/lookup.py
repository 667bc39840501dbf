"""What somebody types: a record's number; a user name, e-mail address or account id; part of a key."""

from collections.abc import Mapping
from typing import TypeVar

from careloop.errors import PersonMustAct, UnknownNumber
from careloop.model.person import Person
from careloop.model.record import Record
from careloop.ports import Records

SHORTEST = 4
"""How much of a key has to be typed at least."""

T = TypeVar("T")


def find_record(records: Records, number: str) -> Record:
    """Return the record with a number; INSTANCE/NUMBER tells those of several instances apart.

    Raises UnknownNumber, or PersonMustAct when the number stands for several records.
    """
    found = records.find_records(number)
    if not found and "/" in number:
        instance, _, bare = number.partition("/")
        found = [record for record in records.find_records(bare) if record.ref.instance == instance]
    if not found:
        raise UnknownNumber(
            f"{number}: no record with this number is known; is its table or project in the settings, "
            "and did 'careloop run' read it yet?"
        )
    if len(found) > 1:
        choices = ", ".join(f"{record.ref.instance}/{record.number}" for record in found)
        raise PersonMustAct(f"{number}: several records have this number; say which: {choices}")
    return found[0]


def find_person(records: Records, user: str, near: Record) -> Person:
    """Return the person with a user name, e-mail address or account id, the one on `near`'s instance first.

    Raises PersonMustAct when nobody or more than one is known by it.
    """
    found = records.find_people(user)
    here = [person for person in found if person.instance == near.ref.instance]
    choice = here or found
    if not choice:
        raise PersonMustAct(
            f"{user}: nobody is known by this name; write the user name, e-mail address or account id as it "
            f"is on {near.ref.instance}. Only people named on records that were read are known"
        )
    if len(choice) > 1:
        names = ", ".join(sorted(f"{person.account or person.native}" for person in choice))
        raise PersonMustAct(f"{user}: several accounts are known by this; say which: {names}")
    return choice[0]


def find_by_key(known: Mapping[str, T], typed: str, what: str, command: str) -> T:
    """Return the one whose key begins with what was typed; `command` lists all of them.

    Raises UnknownNumber when there is none, PersonMustAct when there are several.
    """
    whole = len(typed) < SHORTEST
    found = [key for key in known if key == typed or (not whole and key.startswith(typed.lower()))]
    if not found:
        raise UnknownNumber(f"{typed}: no {what} has this key; 'careloop {command}' lists them")
    if len(found) > 1:
        raise PersonMustAct(f"{typed}: several keys begin like this; write more of it")
    return known[found[0]]
