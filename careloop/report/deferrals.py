"""What was put off, over all problems or in one of them."""

from collections.abc import Iterator
from typing import Any

from careloop.errors import SettingsError
from careloop.policies.deferrals import Deferral, find_deferrals
from careloop.ports import Progress, Store
from careloop.report.lookup import find_record
from careloop.report.names import Names
from careloop.report.words import say_count
from careloop.sync.cases import gather
from careloop.sync.terms import Terms

POLICY = "deferred_scope"


def gather_deferrals(store: Store, terms: Terms, number: str | None, tell: Progress) -> tuple[Deferral, ...]:
    """Return what is put off and not decided yet, the next date first.

    Raises SettingsError where no policy says what counts as put off, and UnknownNumber.
    """
    items = [item for item in _find(store, terms, number, tell) if not item.is_decided]
    return tuple(sorted(items, key=lambda item: (str(item.revisit_on or "9999"), item.record.number)))


def _find(store: Store, terms: Terms, number: str | None, tell: Progress) -> Iterator[Deferral]:
    rules = next((p.rules for p in terms.promises if p.policy.name == POLICY), None)
    if rules is None:
        raise SettingsError(f"policies.{POLICY} is not in the settings; write '{POLICY}: {{}}' there")
    if number is None:
        problems = [look.problem for look in store.looks()]
    else:
        problems = [store.problems_of([record.ref])[record.ref] for record in [find_record(store, number)]]
    for done, gathered in enumerate(gather(store, problems, terms), start=1):
        yield from find_deferrals(gathered.case, rules, rules.settings)
        tell("looking for what was put off", done, len(problems))


def deferral_as_data(item: Deferral, names: Names) -> dict[str, Any]:
    """Return one item for JSON."""
    return {
        "number": item.record.number,
        "title": item.record.title,
        "why": item.why,
        "owner": names.person(item.owner) if item.owner else None,
        "promised_to": names.person(item.promised_to) if item.promised_to else None,
        "revisit_on": item.revisit_on.isoformat() if item.revisit_on else None,
        "benefit": item.benefit,
        "cost": item.cost,
        "kept": item.kept,
    }


def deferral_as_text(item: Deferral, names: Names) -> str:
    """Return one item on a line."""
    when = f"until {item.revisit_on}" if item.revisit_on else "without a date"
    again = f", put off again {say_count(item.kept, 'time')}" if item.kept else ""
    return (
        f"{names.title(item.record.ref)}: {when}{again}; owner {names.person(item.owner)}, "
        f"promised to {names.person(item.promised_to)}; {item.why}"
    )
