"""What changed on an issue, by whom and when."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from careloop.sandbox.jira.adf import to_text
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Cascade, Field
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.issue import Estimates, History, Issue, Item
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

Named = tuple[str | None, str | None]
MOST_ISSUES = 1000
MOST_FIELDS = 10
LARGEST_PAGE = 10_000


def record(store: Store, issue: Issue, author: User, now: datetime, items: list[Item]) -> None:
    """Append one history entry; a change without items leaves none."""
    if items:
        history = History(store.next_id("history"), author, now, tuple(items))
        issue.histories = (*issue.histories, history)
        store.announce(Happening("jira:issue_updated", author, issue, history=history))


def describe(field: Field, before: Any, after: Any, *, cloud: bool) -> list[Item]:
    """Return the items of one field's change: one for each element of a list of versions or components."""
    if field.kind == "array" and field.items in ("version", "component"):
        gone = [(identify(value, cloud=cloud), (None, None)) for value in before or () if value not in after]
        new = [((None, None), identify(value, cloud=cloud)) for value in after if value not in (before or ())]
        return [_item(field, *pair) for pair in gone + new]
    if isinstance(after, Estimates):
        pairs = (("timeoriginalestimate", before[0], after[0]), ("timeestimate", before[1], after[1]))
        return [_seconds(name, old, new) for name, old, new in pairs if old != new]
    return [_item(field, identify(before, cloud=cloud), identify(after, cloud=cloud))]


class Histories(NamedTuple):
    """A page of the histories of several issues."""

    rows: list[tuple[Issue, History]]
    next_token: str | None


def find_histories(store: Store, user: User, asked: Mapping[str, Any]) -> Histories:
    """Return a page of the histories of up to 1000 issues, perhaps of up to 10 fields only, oldest first.

    Jira OpenAPI, getBulkChangelogs.
    """
    references, field_ids = asked.get("issueIdsOrKeys"), asked.get("fieldIds")
    if not isinstance(references, list) or not 0 < len(references) <= MOST_ISSUES:
        raise Refused(400, f"Between 1 and {MOST_ISSUES} issue IDs or keys must be given.")
    if field_ids is not None and (not isinstance(field_ids, list) or len(field_ids) > MOST_FIELDS):
        raise Refused(400, f"At most {MOST_FIELDS} field IDs may be given.")
    size, token = asked.get("maxResults", MOST_ISSUES), str(asked.get("nextPageToken") or "0")
    if not isinstance(size, int) or not 1 <= size <= LARGEST_PAGE or not token.isdecimal():
        raise Refused(400, "The maxResults or the nextPageToken is invalid.")
    found = {issue.id: issue for ref in references if (issue := store.issue(str(ref)))}
    rows = [
        (issue, history)
        for issue in found.values()
        if store.rights.sees(user, issue)
        for history in issue.histories
        if not field_ids or any(item.field_id in field_ids for item in history.items)
    ]
    rows.sort(key=lambda row: (row[1].created, row[0].id, row[1].id))
    end = int(token) + size
    return Histories(rows[int(token) : end], str(end) if end < len(rows) else None)


def _item(field: Field, before: Named, after: Named) -> Item:
    origin = "custom" if field.custom else "jira"
    return Item(field.log_name, field.id, origin, before[0], before[1], after[0], after[1])


def _identify_all(values: tuple[Any, ...], *, cloud: bool) -> Named:
    """Return the ids and the words for a list; labels have no ids."""
    if not values or isinstance(values[0], str):
        return "", " ".join(values)
    known = [identify(one, cloud=cloud) for one in values]
    return f"[{', '.join(str(one) for one, _ in known)}]", ", ".join(str(name) for _, name in known)


def _seconds(name: str, before: int | None, after: int | None) -> Item:
    old, new = (None if value is None else str(value) for value in (before, after))
    return Item(name, name, "jira", old, old, new, new)


def identify(value: Any, *, cloud: bool) -> Named:
    """Return the id and the words by which the history knows a value; free text has no id."""
    match value:
        case None:
            return None, None
        case tuple() if value and not isinstance(value[0], str):
            pairs = [identify(member, cloud=cloud) for member in value]
            ids, words = (", ".join(str(part) for part in column) for column in zip(*pairs, strict=True))
            return f"[{ids}]", f"[{words}]"
        case tuple():
            return _identify_all(value, cloud=cloud)
        case str() | dict():
            return None, to_text(value)
        case float():
            return None, f"{value:g}"
        case date():
            text = value.isoformat()
            return text, text if isinstance(value, datetime) else f"{text} 00:00:00.0"
        case Cascade(parent, child):
            return parent.id, " - ".join(one.value for one in (parent, child) if one)
        case User():
            return (value.account_id if cloud else value.name), value.display_name
        case Issue():
            return str(value.id), value.key
        case _:
            return value.id, value.name
