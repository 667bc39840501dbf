"""Who takes part: read from the two platforms, so that any set of example people can play."""

from collections.abc import Mapping
from dataclasses import dataclass

from careloop.sandbox.jira import Site
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.servicenow import Instance

_PRIVILEGED = {"Administrators", "Service Account"}


@dataclass(frozen=True)
class DeskPeople:
    """User names on ServiceNow; `names` and `groups` map a sys_id to a name.

    Callers have neither a role nor a group, `agents` are listed by their assignment group, and closers may
    close incidents that are not theirs.
    """

    callers: tuple[str, ...]
    agents: Mapping[str, tuple[str, ...]]
    closers: tuple[str, ...]
    names: Mapping[str, str]
    groups: Mapping[str, str]


@dataclass(frozen=True)
class SitePeople:
    """User names on Jira: who develops, who works at the service desk, and whom it serves."""

    engineers: tuple[str, ...]
    supporters: tuple[str, ...]
    customers: tuple[str, ...]


def read_desk(instance: Instance) -> DeskPeople:
    """Return who is on the instance now."""
    query = instance.act("admin").query
    users = query("sys_user", "active=true^web_service_access_only!=true^ORDERBYuser_name")
    names = {row["sys_id"]: row["user_name"] for row in users}
    groups = {row["sys_id"]: row["name"] for row in query("sys_user_group", "ORDERBYname")}
    members = [(row["group"], row["user"]) for row in query("sys_user_grmember") if row["user"] in names]
    entitled = {row["user"] for row in query("sys_user_has_role")} | {user for _, user in members}
    closers = [row["user"] for row in query("sys_user_has_role", "role.name=itil_admin")]
    return DeskPeople(
        callers=tuple(name for sys_id, name in names.items() if sys_id not in entitled),
        agents={
            name: tuple(sorted(names[user] for group, user in members if group == sys_id))
            for sys_id, name in groups.items()
        },
        closers=tuple(sorted(names[user] for user in closers if user in names)),
        names=names,
        groups=groups,
    )


def read_site(site: Site) -> SitePeople:
    """Return who is on the site now."""

    def having(role: str, project: str) -> tuple[str, ...]:
        people = [user for user in site.store.people if user.active and not _PRIVILEGED & _roles(user)]
        return tuple(user.name for user in people if role in user.roles.get(project, ()))

    return SitePeople(
        engineers=having("Developers", "ENG"),
        supporters=having("Service Desk Team", "HELP"),
        customers=having("Service Desk Customers", "HELP"),
    )


def _roles(user: User) -> set[str]:
    return {role for roles in user.roles.values() for role in roles}
