"""The language that seeks users by what they did: `is assignee of PROJ AND [key].path is "value"`."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

Test = Callable[[User], bool]
_TOKEN = re.compile(r'\s*(?:(\[[^\]]+\][\w.]*)|"((?:[^"\\]|\\.)*)"|([(),])|([^\s(),"]+))')
_PARTS: Mapping[str, Callable[[Store, User, Issue], Iterable[User | None]]] = {
    "assignee": lambda _store, _asker, issue: [issue.assignee],
    "reporter": lambda _store, _asker, issue: [issue.reporter],
    "watcher": lambda _store, _asker, issue: issue.watchers,
    "voter": lambda _store, _asker, issue: issue.voters,
    "commenter": lambda store, asker, issue: [
        one.author for one in issue.comments if store.rights.reads(asker, one)
    ],
    "transitioner": lambda _store, _asker, issue: [
        one.author for one in issue.histories if any(item.field_id == "status" for item in one.items)
    ],
}


def read_query(store: Store, asker: User, text: str) -> Test:
    """Return whether a user is one of those sought; 400 for a mistake in the query."""
    reader = _Reader(store, asker, text)
    test = reader.either()
    if reader.peek() is not None:
        raise Refused(400, f"The query goes on with '{reader.peek()}' where it should end.")
    return test


class _Reader:
    """Reads statements joined by AND and OR, of which AND binds closer."""

    def __init__(self, store: Store, asker: User, text: str) -> None:
        self._store, self._asker = store, asker
        self._tokens = list(_tokens(text))

    def peek(self) -> str | None:
        return self._tokens[0] if self._tokens else None

    def either(self) -> Test:
        tests = [self._both()]
        while (self.peek() or "").upper() == "OR":
            self._next()
            tests.append(self._both())
        return lambda user: any(test(user) for test in tests)

    def _both(self) -> Test:
        tests = [self._statement()]
        while (self.peek() or "").upper() == "AND":
            self._next()
            tests.append(self._statement())
        return lambda user: all(test(user) for test in tests)

    def _statement(self) -> Test:
        word = self._next()
        if word == "(":
            test = self.either()
            self._expect(")")
            return test
        if word.startswith("["):
            self._expect("is")
            return _with_property(word, self._next().removeprefix('"'))
        if word.casefold() != "is":
            raise Refused(400, f"A statement cannot begin with '{word}'.")
        part = self._next().casefold()
        if part not in _PARTS:
            raise Refused(400, f"Users are not sought as '{part}', but as one of {', '.join(_PARTS)}.")
        self._expect("of")
        people = {user for issue in self._issues() for user in _PARTS[part](self._store, self._asker, issue)}
        return lambda user: user in people

    def _issues(self) -> list[Issue]:
        word = self._next()
        if word != "(":
            return self._named(word)
        found = self._named(self._next())
        while self.peek() == ",":
            self._next()
            found += self._named(self._next())
        self._expect(")")
        return found

    def _named(self, word: str) -> list[Issue]:
        """Return the issue of this key, or every visible one of the project of this key."""
        store, sees = self._store, self._store.rights.sees
        project = store.configuration.project(word)
        if project is not None and not word.isdecimal():
            return [i for i in store.issues.values() if i.project is project and sees(self._asker, i)]
        issue = store.issue(word)
        if issue is None or not sees(self._asker, issue):
            raise Refused(400, f"There is no project or issue '{word}'.")
        return [issue]

    def _next(self) -> str:
        if not self._tokens:
            raise Refused(400, "The query ends too early.")
        return self._tokens.pop(0)

    def _expect(self, word: str) -> None:
        found = self._next()
        if found.casefold() != word:
            raise Refused(400, f"The query has '{found}' where '{word}' should be.")


def _tokens(text: str) -> Iterable[str]:
    """Yield the words of a query; a quoted one keeps its first quotation mark, so that it is no keyword."""
    place = 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise Refused(400, f"The query cannot be read from '{text[place:]}' on.")
        place = match.end()
        prop, quoted, mark, word = match.groups()
        yield prop or mark or word or '"' + re.sub(r"\\(.)", r"\1", quoted)


def _with_property(place: str, wanted: str) -> Test:
    """Return whether the property of a user holds a value, written as text, at a path such as `[key].a.b`."""
    key, _, path = place.removeprefix("[").partition("]")
    steps = [step for step in path.split(".") if step]

    def test(user: User) -> bool:
        value: Any = (user.properties or {}).get(key)
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        return value is not None and str(value) == wanted

    return test
