"""Whom somebody means, also where no record that was read names them."""

from pathlib import Path

from careloop.errors import CareloopError, PersonMustAct
from careloop.model.person import Person
from careloop.model.record import Record
from careloop.report.lookup import find_person
from careloop.wiring import House, ask_for_people


def identify(house: House, user: str, near: Record, config: Path | None) -> Person:
    """Return the person with a user name, e-mail address or account id; the instances are asked if need be.

    Raises PersonMustAct when nobody or more than one is known by it.
    """
    if not house.store.find_people(user):
        house.store.save_people(_ask(user, near.ref.instance, config))
    return find_person(house.store, user, near)


def _ask(user: str, first: str, config: Path | None) -> list[Person]:
    nobody = f"{user}: no record that was read names anybody like this, and"
    todo = f"write the user name, e-mail address or account id as it is on {first}"
    try:
        found = ask_for_people(config, user, first)
    except CareloopError as error:
        raise PersonMustAct(f"{nobody} the instances could not be asked: {error}; {todo}") from error
    if not found:
        raise PersonMustAct(f"{nobody} no instance knows such an account; {todo}")
    return found
