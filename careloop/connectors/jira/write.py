"""Writing to a site: each change once, read back afterwards."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from careloop.connectors.jira.comments import compose, read_audience
from careloop.connectors.jira.reader import Reader
from careloop.connectors.jira.receipt import after_writing, read_receipt
from careloop.connectors.jira.records import PROPERTY, own_property
from careloop.connectors.jira.site import Site
from careloop.connectors.jira.transition import Move
from careloop.connectors.jira.workflow import locate
from careloop.errors import Refused
from careloop.model.change import AddComment, AnyChange, Contact, Create, Link, Transition, Update
from careloop.model.comment import Audience
from careloop.model.intent import Receipt
from careloop.model.record import RecordRef


def push(site: Site, reader: Reader, change: AnyChange) -> Receipt:
    """Write one change and read the issue back; see `careloop.ports.Connector.push`."""
    id = change.subject.id
    match change:
        case Create():
            id = native_id = _create(site, change)
        case Update():
            native_id = ""
            site.client.put(f"issue/{id}", {"fields": _encode(site, change.fields)})
        case Transition():
            native_id = ""
            Move(site, change).carry_out()
        case AddComment():
            return _comment(site, reader, change, change.body, change.audience)
        case Contact():
            if change.channel != "comment":
                raise Refused(f"{site.name}: {change.channel} is no channel of Jira; only comment is")
            return _comment(site, reader, change, change.message, Audience.PUBLIC)
        case Link():
            native_id = _link(site, change)
    with after_writing(f"{site.name}: issue {id}"):
        return read_receipt(reader, id, change, native_id)


def _create(site: Site, change: Create) -> str:
    """Create an issue that carries its key from the first moment on, so that a lost answer can be found."""
    fields = {"project": {"key": change.container}, **_encode(site, change.fields)}
    if change.issue_type:
        fields["issuetype"] = {"name": change.issue_type}
    properties = [{"key": PROPERTY, "value": {"key": change.key, "subject": str(change.subject)}}]
    return str(site.client.make("issue", {"fields": fields, "properties": properties})["id"])


def _comment(
    site: Site, reader: Reader, change: AddComment | Contact, text: str, audience: Audience
) -> Receipt:
    id = change.subject.id
    kind = site.kind(locate(site, id).project)
    sent = compose(text, audience, kind, change.key)
    made = sent | site.client.make(f"issue/{id}/comment", sent)
    read = read_audience(made, kind)
    with after_writing(f"{site.name}: issue {id}"):
        receipt = read_receipt(reader, id, change, str(made["id"]))
    return receipt if read is audience else replace(receipt, refused={"audience": read.value})


def _link(site: Site, change: Link) -> str:
    """Write a link for people and a note for ourselves; written again, both only replace themselves."""
    if not change.url:
        raise Refused(f"{site.name}: a link to {change.target} needs an address")
    link = {
        "globalId": global_id(change.target),
        "application": {"name": change.target.instance},
        "object": {"title": change.title, "url": change.url},
    }
    id = change.subject.id
    made = site.client.make(f"issue/{id}/remotelink", link)
    with after_writing(f"{site.name}: issue {id}"):
        noted = own_property(site.client.get(f"issue/{id}", fields="project", properties=PROPERTY))
        references = dict.fromkeys([*noted.get("references", ()), change.title])
        site.client.put(f"issue/{id}/properties/{PROPERTY}", {**noted, "references": list(references)})
    return str(made["id"])


def global_id(target: RecordRef) -> str:
    """Return what makes a link to a record the same link when it is written again."""
    return f"system={target.instance}&id={target.id}"


def _encode(site: Site, fields: Mapping[str, str]) -> dict[str, Any]:
    return dict(site.fields.encode(name, text) for name, text in fields.items())
