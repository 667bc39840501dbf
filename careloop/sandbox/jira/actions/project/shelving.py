"""Putting projects out of use and back: the archive, and the trash, which keeps them for a while."""

from datetime import timedelta
from typing import Literal

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project, Shelved
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

RETENTION = timedelta(days=60)
"""How long a project lies in the trash (Atlassian community announcement of the trash)."""


def archive(store: Store, user: User, project: Project) -> None:
    """Archive a project: its issues are read by their address only, and nobody changes them."""
    if project.shelved:
        raise Refused(400, f"The project '{project.key}' is archived already.")
    _shelve(store, user, project, "archived")
    store.announce(Happening("project_archived", user, thing=project))


def delete(store: Store, user: User, project: Project, *, for_good: bool) -> None:
    """Put a project into the trash, or delete it with every issue; an archived one must be restored first."""
    if project.shelved:
        raise Refused(404, f"The project '{project.key}' is archived. Restore it before you delete it.")
    if not for_good:
        _shelve(store, user, project, "deleted")
        store.announce(Happening("project_soft_deleted", user, thing=project))
        return
    store.configuration.shelve(project)
    _erase(store, user, project)


def restore(store: Store, user: User, project: Project) -> None:
    """Bring a project back from the archive or the trash."""
    if project.shelved is None:
        raise Refused(400, f"The project '{project.key}' is neither archived nor in the trash.")
    event = f"project_restored_{project.shelved.state}"
    project.shelved = None
    store.configuration.unshelve(project)
    store.renew()
    store.announce(Happening(event, user, thing=project))


def empty_trash(store: Store) -> None:
    """Delete for good what has lain in the trash for too long."""
    for project in list(store.configuration.shelf):
        shelved = project.shelved
        if shelved and shelved.state == "deleted" and shelved.since + RETENTION <= store.now():
            _erase(store, store.people.by_account(shelved.by) or next(iter(store.people)), project)


def _shelve(store: Store, user: User, project: Project, state: Literal["archived", "deleted"]) -> None:
    project.shelved = Shelved(state, user.account_id, store.now())
    store.configuration.shelve(project)
    store.renew()


def _erase(store: Store, user: User, project: Project) -> None:
    """Forget a project that is on the shelf, with its issues and its desk."""
    configuration = store.configuration
    for issue in [issue for issue in store.issues.values() if issue.project is project]:
        store.remove(issue)
        store.announce(Happening("jira:issue_deleted", user, issue, cascade=True))
    for person in store.people:
        person.roles.pop(project.key, None)
    configuration.forget(project)
    store.renew()
    store.announce(Happening("project_deleted", user, thing=project))
