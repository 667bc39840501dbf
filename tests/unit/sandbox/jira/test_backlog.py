"""The made-up past of the software project."""

import random

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site


def test_every_issue_lived_before_the_present(site: Site, clock: Clock) -> None:
    present = clock.now()
    site.fill(300, random.Random(1))
    issues = list(site.store.issues.values())
    assert len(issues) == 300
    assert clock.now() == site.store.now() == present
    for issue in issues:
        happened = [issue.created, *(h.created for h in issue.histories), issue.updated]
        assert happened == sorted(happened)
        assert all(issue.created <= comment.created <= issue.updated for comment in issue.comments)
        assert issue.updated <= present


def test_what_an_issue_is_follows_from_its_history(site: Site) -> None:
    site.fill(300, random.Random(1))
    for issue in site.store.issues.values():
        moves = [item for history in issue.histories for item in history.items if item.field_id == "status"]
        path = [issue.project.workflow.initial.id, *(str(item.after) for item in moves)]
        assert path[:-1] == [item.before for item in moves]
        assert path[-1] == issue.status.id
        assert (issue.resolution is not None) is (issue.status.category.key == "done")
        assert (issue.resolved is not None) is (issue.resolution is not None)


def test_the_same_chance_makes_the_same_past(clock: Clock) -> None:
    pasts = []
    for seed in (7, 7, 8):
        site = Site(clock)
        site.fill(50, random.Random(seed))
        pasts.append([site.act("bot").get(issue.key)["fields"] for issue in site.store.issues.values()])
    assert pasts[0] == pasts[1] != pasts[2]


def test_the_past_mails_nobody(site: Site) -> None:
    site.fill(100, random.Random(1))
    assert site.outbox == []
