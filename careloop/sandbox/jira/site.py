"""A pretend Jira site."""

import random
from typing import Any

import orjson

from careloop.sandbox.clock import Clock
from careloop.sandbox.faults import Faults
from careloop.sandbox.jira import backlog
from careloop.sandbox.jira.actions.issue import mailing
from careloop.sandbox.jira.actor import Actor
from careloop.sandbox.jira.model.configuration import load
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.mail import Mail
from careloop.sandbox.jira.model.rights import ADMINISTRATORS
from careloop.sandbox.jira.model.users import Directory
from careloop.sandbox.jira.rest.application import Application
from careloop.sandbox.jira.rest.call import Backstage
from careloop.sandbox.jira.search import Search
from careloop.sandbox.jira.store import Flavor, Store
from careloop.sandbox.jira.switches import Switches
from careloop.sandbox.jira.webhooks.delivery import Delivery
from careloop.sandbox.jira.webhooks.office import Office

BOT = "bot@example.com"


class Site:
    """One site in memory: `app` serves its REST APIs, `act` is for the people who use it without REST.

    `email` and `token` belong to the integration account, `project` is the key of the software project and
    `service_desk` the id of the service desk whose project is HELP. On Data Center the token is a bearer.
    Every id comes from a counter, so any `seed` gives the same site.
    """

    project = "ENG"
    service_desk = "1"

    def __init__(
        self, clock: Clock, *, flavor: Flavor = "cloud", seed: int = 0, faults: Faults | None = None
    ) -> None:
        self.clock = clock
        self._faults = faults or Faults(clock, seed)
        self.flavor = flavor
        self.reset()
        self.app = Application(lambda: self._backstage, is_cloud=flavor == "cloud").build()

    def reset(self) -> None:
        """Forget everything that happened, switches and rights taken away included; tokens stay the same."""
        people = Directory()
        self.switches = Switches()
        store = Store(self.clock, load(), people, self.flavor, self.switches, self._faults)
        search = Search(store)
        office = Office(store, search, self._faults)

        def hear(happening: Happening) -> None:
            office.hear(happening)
            mailing.mail(store, happening)

        store.listener = hear
        self._backstage = Backstage(store, search, office)

    @property
    def store(self) -> Store:
        return self._backstage.store

    @property
    def search(self) -> Search:
        return self._backstage.search

    @property
    def office(self) -> Office:
        """The webhooks of the site, and what they send."""
        return self._backstage.office

    def messages(self) -> dict[str, list[dict[str, Any]]]:
        """Return what webhooks wait to send, and each try so far, oldest first."""
        post = self.office.post
        return {
            "waiting": [_show_delivery(one) | {"due": one.due} for one in post.waiting],
            "tries": [
                _show_delivery(one.delivery) | {"at": one.at, "status": one.status, "sent": one.sent}
                for one in post.tries
            ],
        }

    @property
    def outbox(self) -> list[Mail]:
        """The mails the site would have sent, oldest first."""
        return self.store.outbox

    @property
    def email(self) -> str:
        return BOT

    @property
    def token(self) -> str:
        return self.store.people.find(BOT).token

    def act(self, account: str) -> Actor:
        """Return a person by account id, user name or e-mail address; KeyError if there is none."""
        return Actor(self.store, self.search, self.store.people.find(account))

    def fill(self, issues: int, rng: random.Random) -> None:
        """Give the software project that many issues, made over the year before now."""
        backlog.fill(self.store, self.project, issues, rng)

    def promote(self, account: str) -> None:
        """Have an account administer the site and each of its projects."""
        user = self.store.people.find(account)
        user.groups |= {ADMINISTRATORS}
        for project in self.store.configuration.projects:
            user.roles[project.key] = ("Administrators", *user.roles.get(project.key, ()))

    def take_away(self, account: str, project: str, *permissions: str) -> None:
        """Take permissions such as EDIT_ISSUES from an account in a project."""
        self._in_project(account, project, permissions, give=False)

    def give_back(self, account: str, project: str, *permissions: str) -> None:
        """Undo `take_away`."""
        self._in_project(account, project, permissions, give=True)

    def _in_project(self, account: str, project: str, permissions: tuple[str, ...], *, give: bool) -> None:
        found = self.store.configuration.project(project)
        if found is None:
            raise KeyError(f"no project {project!r} in this sandbox")
        rights = self.store.rights
        change = rights.give_back if give else rights.take_away
        change(self.store.people.find(account), found, *permissions)


def _show_delivery(one: Delivery) -> dict[str, Any]:
    shown = {"url": one.url, "event": one.event, "identifier": one.identifier, "flow": one.flow}
    return shown | {"retry": one.retry, "body": orjson.loads(one.body) if one.body else None}
