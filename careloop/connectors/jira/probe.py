"""Finding out whether a write whose answer was lost has happened."""

from datetime import timedelta

from careloop.connectors.jira import jql
from careloop.connectors.jira.comments import find_ours
from careloop.connectors.jira.reader import Reader
from careloop.connectors.jira.receipt import differences, read_receipt
from careloop.connectors.jira.records import PROPERTY, Issue, own_property
from careloop.connectors.jira.search import search
from careloop.connectors.jira.site import Site
from careloop.connectors.jira.workflow import equal
from careloop.connectors.jira.write import global_id
from careloop.errors import RecordMissing
from careloop.model.change import AddComment, Contact, Create, Link, Transition, Update
from careloop.model.intent import Intent, Probe, Verdict


def probe(site: Site, reader: Reader, intent: Intent) -> Probe:
    """Look for the traces of a change without writing; see `careloop.ports.Connector.probe`."""
    change = intent.change
    try:
        match change:
            case Create():
                return _probe_create(site, reader, intent, change)
            case AddComment() | Contact():
                found = find_ours(site, change.subject.id, change.key)
                id = str(found[0]["id"]) if found else ""
                return _happened(reader, change.subject.id, intent, id) if found else _ABSENT
            case Transition():
                return _probe_transition(site, reader, intent, change)
            case Update():
                return _probe_update(reader, intent, change)
            case Link():
                return _probe_link(site, reader, intent, change)
    except RecordMissing as error:
        return Probe(verdict=Verdict.UNKNOWN, why=f"the issue cannot be read any more: {error}")


_ABSENT = Probe(verdict=Verdict.ABSENT)


def _happened(reader: Reader, id: str, intent: Intent, native_id: str = "") -> Probe:
    return Probe(verdict=Verdict.HAPPENED, receipt=read_receipt(reader, id, intent.change, native_id))


def _probe_create(site: Site, reader: Reader, intent: Intent, change: Create) -> Probe:
    """Look through what we created since; only two fruitless looks count, since the index lags."""
    slack = timedelta(seconds=site.settings.overlap_seconds)
    query = jql.conjunction(
        jql.in_project(change.container),
        "creator = currentUser()",
        jql.since("created", intent.sent_at - slack),
    )
    size = site.settings.page_size
    for issues in search(
        site.client, f"{query} ORDER BY created ASC", ["id"], size=size, properties=PROPERTY
    ):
        for issue in issues:
            if _own_key(site, issue) == change.key:
                return _happened(reader, str(issue["id"]), intent, str(issue["id"]))
    if intent.looks:
        return _ABSENT
    return Probe(
        verdict=Verdict.AGAIN, why="the search does not show it, but may lag behind; we look once more"
    )


def _own_key(site: Site, issue: Issue) -> str:
    """Return the key that an issue was created with, asking for it where searches do not bring it."""
    if not site.client.is_cloud:
        issue = site.client.get(f"issue/{issue['id']}", fields="created", properties=PROPERTY)
    return str(own_property(issue).get("key", ""))


def _probe_transition(site: Site, reader: Reader, intent: Intent, change: Transition) -> Probe:
    """Read where the issue stands; one that arrived without its comments is to be sent again."""
    record = reader.read_back(change.subject.id)
    if equal(record.native_state, change.native):
        texts = [text for text in (change.note, change.message) if text]
        said = find_ours(site, change.subject.id, change.key) if texts else []
        return _happened(reader, change.subject.id, intent) if len(said) >= len(texts) else _ABSENT
    return _by_version(record.version, intent)


def _probe_update(reader: Reader, intent: Intent, change: Update) -> Probe:
    record = reader.read_back(change.subject.id, tuple(change.fields))
    if not differences(record, change.fields):
        return _happened(reader, change.subject.id, intent)
    return _by_version(record.version, intent)


def _by_version(version: str, intent: Intent) -> Probe:
    if version == intent.before:
        return _ABSENT
    return Probe(
        verdict=Verdict.OVERTAKEN, why="the issue has changed since, and does not hold what was sent"
    )


def _probe_link(site: Site, reader: Reader, intent: Intent, change: Link) -> Probe:
    id = change.subject.id
    record = reader.read_back(id)
    try:
        found = site.client.get(f"issue/{id}/remotelink", globalId=global_id(change.target))
    except RecordMissing:
        return _ABSENT
    noted = change.title in record.references
    return _happened(reader, id, intent, str(found["id"])) if noted else _ABSENT
