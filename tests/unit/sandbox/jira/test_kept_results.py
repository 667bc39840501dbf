"""A search that keeps its results finds what one would find that has none."""

import random
from collections.abc import Callable

import pytest

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from careloop.sandbox.jira.actions.issue import watching
from careloop.sandbox.jira.actions.setup import security_schemes
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.search import Search

QUERIES = (
    "subtasks IS NOT EMPTY",
    "parent IS NOT EMPTY ORDER BY parent, key",
    "issueLinkType IS NOT EMPTY",
    "watcher IS NOT EMPTY ORDER BY watchers",
    "votes > 0 ORDER BY votes",
    "text ~ hello ORDER BY updated DESC",
    "statusCategory != Done ORDER BY priority, status",
    "labels = odd ORDER BY summary",
    "attachments IS EMPTY",
    "status WAS Done",
)
STEPS = 120
AT_ONCE = 5
"""Fewer than a search keeps."""


def _writes(site: Site, chance: random.Random, number: int) -> dict[str, Callable[[str], object]]:
    """Return what may happen to an issue, by name."""
    bot, ada = site.act("bot"), site.act("ada.keller")
    store = site.store

    def move(key: str) -> None:
        steps = bot.transitions(key)
        bot.transition(key, chance.choice(steps))

    return {
        "create": lambda _: bot.create_issue("ENG", "Bug", f"hello {number}"),
        "divide": lambda key: bot.create_issue("ENG", "Sub-task", "part", parent={"key": key}),
        "comment": lambda key: bot.comment(key, "hello again"),
        "label": lambda key: bot.edit(key, labels=["odd"] if number % 2 else []),
        "link": lambda key: bot.link(key, "Blocks", chance.choice(_keys(site))),
        "move": move,
        "watch": lambda key: watching.watch(store, bot.user, _issue(site, key), ada.user),
        "vote": lambda key: watching.vote(store, ada.user, _issue(site, key)),
        "delete": bot.delete,
    }


def _issue(site: Site, key: str) -> Issue:
    found = site.store.issue(key)
    assert found
    return found


def _keys(site: Site) -> list[str]:
    return [issue.key for issue in site.store.issues.values()]


@pytest.mark.parametrize("seed", range(6))
def test_a_kept_result_is_what_a_new_search_finds(site: Site, clock: Clock, seed: int) -> None:
    chance, bot = random.Random(seed), site.act("bot").user
    site.promote("bot@example.com")
    queries = chance.sample(QUERIES, AT_ONCE)
    site.act("bot").create_issue("ENG", "Bug", "hello")
    for number in range(STEPS):
        writes = _writes(site, chance, number)
        name, keys = chance.choice(list(writes)), _keys(site)
        try:
            writes[name if len(keys) > 3 else "create"](chance.choice(keys) if keys else "")
        except Refused:
            continue  # not every issue takes every write
        clock.advance(1)
        for jql in queries:
            kept = [issue.key for issue in site.search.result(bot, jql).issues]
            fresh = [issue.key for issue in Search(site.store).result(bot, jql).issues]
            assert kept == fresh, (number, name, jql)


def test_a_kept_result_hides_the_sub_tasks_of_what_a_security_level_hides(site: Site) -> None:
    site.promote("bot@example.com")
    bot, ada = site.act("bot"), site.act("ada.keller").user
    member = {"type": "user", "parameter": bot.user.account_id}
    asked = {"name": "Secrets", "levels": [{"name": "Secret", "members": [member]}]}
    project = site.store.configuration.project("ENG")
    assert project
    security_schemes.assign(site.store, bot.user, project, security_schemes.create(site.store, asked), {})
    top = bot.create_issue("ENG", "Bug", "hello")
    part = bot.create_issue("ENG", "Sub-task", "hello", parent={"key": top})
    query = "summary ~ hello ORDER BY key"
    assert [issue.key for issue in site.search.result(ada, query).issues] == [top, part]

    bot.edit(top, security={"name": "Secret"})

    assert site.search.result(ada, query).issues == []
    assert [issue.key for issue in site.search.result(bot.user, query).issues] == [top, part]
