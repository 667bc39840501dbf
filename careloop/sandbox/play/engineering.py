"""What people do on the Jira half: one function per verb of a script."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from careloop.sandbox.jira import Site

PROBLEM = "Report a problem"
REVISIT_DATE, PROMISED_TO = "customfield_10050", "customfield_10051"
DEFERRED = "deferred"


def opens(site: Site, actor: str, project: str, kind: str, words: str) -> None:
    """Create an issue of a type by name."""
    site.act(actor).create_issue(project, kind, words)


def requests(site: Site, actor: str, project: str, words: str) -> None:
    """Report a problem in the customer portal of the project's service desk."""
    site.act(actor).raise_request(PROBLEM, words, desk=site.service_desk)


def says(site: Site, actor: str, key: str, words: str) -> None:
    """Write a comment, which the customer of a service desk reads."""
    site.act(actor).comment(key, words)


def notes(site: Site, actor: str, key: str, words: str) -> None:
    """Write an internal comment."""
    site.act(actor).comment(key, words, public=False)


def takes(site: Site, actor: str, key: str) -> None:
    """Take an issue on."""
    site.act(actor).edit(key, assignee=_reference(site, actor))


def moves(site: Site, actor: str, key: str, step: str, resolution: str = "") -> None:
    """Make a transition by its name, with a resolution where its screen wants one."""
    fields: dict[str, Any] = {"resolution": {"name": resolution}} if resolution else {}
    site.act(actor).transition(key, step, **fields)


def sets(site: Site, actor: str, key: str, field: str, value: str) -> None:
    """Change one text field."""
    site.act(actor).edit(key, **{field: value})


def defers(site: Site, actor: str, key: str, days: str = "", promised_to: str = "") -> None:
    """Put an issue off: for so many days and as promised to somebody, or without either."""
    labels = [*site.act(actor).get(key)["fields"]["labels"], DEFERRED]
    fields: dict[str, object] = {"labels": sorted(set(labels))}
    if days:
        fields[REVISIT_DATE] = (site.clock.now() + timedelta(days=int(days))).date().isoformat()
    if promised_to:
        fields[PROMISED_TO] = _reference(site, promised_to)
    site.act(actor).edit(key, **fields)


def _reference(site: Site, name: str) -> dict[str, str]:
    user = site.act(name).user
    return {"accountId": user.account_id} if site.flavor == "cloud" else {"name": user.name}


ACTS: Mapping[str, Callable[..., None]] = {
    act.__name__: act for act in (opens, requests, says, notes, takes, moves, sets, defers)
}
"""Every verb: the site, the acting user's name, then the words of the line."""
