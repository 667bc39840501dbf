"""Who may do what, by project role; tests take single rights away."""

from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.configuration import Configuration
from careloop.sandbox.jira.model.issue import Comment, Issue, Worklog
from careloop.sandbox.jira.model.service import shares
from careloop.sandbox.jira.model.users import LICENSED, User

ADMINISTRATORS = "jira-administrators"
_OF_ADMINISTRATORS = frozenset({"ADMINISTER", "SYSTEM_ADMIN", "MANAGE_GROUP_FILTER_SUBSCRIPTIONS"})
_OF_EVERYBODY = frozenset({"USER_PICKER", "CREATE_SHARED_OBJECTS", "BULK_CHANGE"})
_NOTHING: frozenset[str] = frozenset()
_OF_SHELVED = {"archived": frozenset({"BROWSE_PROJECTS"}), "deleted": _NOTHING}
"""What remains of anybody's permissions: an archived project can be read (Atlassian, Archive a project)."""


class Rights:
    """The permission scheme: roles grant permissions, and single ones can be taken away from an account."""

    def __init__(self, configuration: Configuration) -> None:
        self._roles = configuration.roles
        self._taken: dict[tuple[str, str], frozenset[str]] = {}

    def take_away(self, user: User, project: Project, *permissions: str) -> None:
        """Deny these permissions to one account in one project, whatever its roles say."""
        key = (user.account_id, project.key)
        self._taken[key] = self._taken.get(key, _NOTHING) | frozenset(permissions)

    def give_back(self, user: User, project: Project, *permissions: str) -> None:
        """Undo `take_away`."""
        key = (user.account_id, project.key)
        self._taken[key] = self._taken.get(key, _NOTHING) - frozenset(permissions)

    def rename(self, former: str, key: str) -> None:
        """Keep what was taken away in a project whose key changes."""
        for account, known in list(self._taken):
            if known == former:
                self._taken[account, key] = self._taken.pop((account, known))

    def permissions(self, user: User | None, project: Project) -> frozenset[str]:
        """Return what an account may do in a project; an anonymous caller may do nothing."""
        if user is None:
            return _NOTHING
        held = self.roles(user, project)
        granted = _NOTHING.union(*(role.permissions for role in self._roles if role.name in held))
        granted -= self._taken.get((user.account_id, project.key), _NOTHING)
        return granted & _OF_SHELVED[project.shelved.state] if project.shelved else granted

    def roles(self, user: User, project: Project) -> set[str]:
        """Return the names of the roles that an account holds in a project, itself or through a group."""
        own = user.roles.get(project.key, ())
        return {
            *own,
            *(role for role, groups in project.groups.items() if not user.groups.isdisjoint(groups)),
        }

    def administers(self, user: User | None) -> bool:
        """Return whether an account may administer the whole site."""
        return user is not None and ADMINISTRATORS in user.groups

    def may(self, user: User | None, permission: str, project: Project | None) -> bool:
        """Return whether an account has a permission, in a project or (without one) for the whole site."""
        if permission in _OF_ADMINISTRATORS:
            return self.administers(user)
        if permission in _OF_EVERYBODY:
            return user is not None and LICENSED in user.groups
        return project is not None and permission in self.permissions(user, project)

    def sees(self, user: User | None, issue: Issue) -> bool:
        """Return whether the platform API shows an issue to an account."""
        return self.may(user, "BROWSE_PROJECTS", issue.project)

    def sees_request(self, user: User | None, issue: Issue) -> bool:
        """Return whether the portal shows an issue with a request type: a visible one, or one's own.

        One's own is also what one participates in, has to approve, or shares through an organization.
        """
        if user is None or issue.request_type is None or issue.project.shelved:
            return False
        return issue.reporter is user or shares(issue, user) or self.sees(user, issue)

    def is_agent(self, user: User | None, project: Project) -> bool:
        """Return whether an account works in a service desk rather than only asking it."""
        return self.may(user, "SERVICEDESK_AGENT", project)

    def reads(self, user: User | None, comment: Comment | Worklog) -> bool:
        """Return whether the visibility of a comment or worklog admits an account that sees its issue."""
        if comment.visibility is None:
            return True
        if user is None:
            return False
        if comment.visibility.kind == "group":
            return comment.visibility.value in user.groups
        return comment.visibility.value in self.roles(user, comment.issue.project)
