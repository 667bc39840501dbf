"""Who may set up a site and its projects."""

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store


def administer_project(store: Store, user: User, project: Project) -> None:
    """Refuse an account that administers neither the project nor the site; anybody when it is shelved."""
    if project.shelved:
        raise Refused(403, f"The project '{project.key}' is archived and cannot be changed.")
    if not store.rights.may(user, "ADMINISTER_PROJECTS", project):
        administer(store, user)


def administer(store: Store, user: User, status: int = 403) -> None:
    """Refuse an account that is no administrator of the site."""
    if not store.rights.administers(user):
        raise Refused(status, "You must have global administrator rights in order to modify this.")
