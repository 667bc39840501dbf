"""A store with one problem in it, and terms under which every built-in promise acts."""

from pathlib import Path
from typing import Any

from careloop.model.rules import Mode, Rules
from careloop.policies import BUILTIN
from careloop.store import SqlStore, open_store
from careloop.sync.terms import Promise, Terms
from tests.unit.policies.incident import DIALECTS, Problem, on, rules


def terms(mode: Mode = Mode.ACT, **values: Any) -> Terms:
    """Return terms under which all built-in policies work in one mode."""
    promises = tuple(_promise(policy, mode) for policy in BUILTIN)
    known: dict[str, Any] = {"promises": promises, "contact": rules().contact, "dialects": DIALECTS}
    return Terms(**(known | values))


def _promise(policy: Any, mode: Mode) -> Promise:
    given: Rules[Any] = rules(settings=policy.settings(), mode=mode)
    return Promise(policy=policy, rules=given)


def keep(problem: Problem, folder: Path) -> SqlStore:
    """Return a store that holds a problem, as a run would leave it."""
    store = open_store(folder / "careloop.db", installation="here")
    records = list(problem.records.values())
    store.save_people(problem.people.values())
    store.save_records(records)
    store.put_in_problem((record.ref, str(records[0].ref)) for record in records)
    store.append(problem.events, on(2))
    return store
