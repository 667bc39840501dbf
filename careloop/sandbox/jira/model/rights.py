"""Who may do what, as permission schemes say; tests take single rights away."""

from careloop.sandbox.jira.model.catalog import Project
from careloop.sandbox.jira.model.configuration import Configuration
from careloop.sandbox.jira.model.grant import Holder
from careloop.sandbox.jira.model.issue import Comment, Issue, Worklog
from careloop.sandbox.jira.model.security import SecurityLevel
from careloop.sandbox.jira.model.service import shares
from careloop.sandbox.jira.model.users import LICENSED, Group, User

ADMINISTRATORS = "jira-administrators"
_OF_ADMINISTRATORS = frozenset({"ADMINISTER", "SYSTEM_ADMIN", "MANAGE_GROUP_FILTER_SUBSCRIPTIONS"})
_OF_EVERYBODY = frozenset({"USER_PICKER", "CREATE_SHARED_OBJECTS", "BULK_CHANGE"})
_OF_ISSUES = frozenset({"reporter", "assignee", "userCustomField", "groupCustomField"})
"""The kinds of holders that an issue names."""
PORTAL = Holder("sd.customer.portal.only")
_NOTHING: frozenset[str] = frozenset()
_OF_SHELVED = {"archived": frozenset({"BROWSE_PROJECTS"}), "deleted": _NOTHING}
"""What remains of anybody's permissions: an archived project can be read (Atlassian, Archive a project)."""


class Rights:
    """What permission schemes grant; tests take single permissions away from an account."""

    def __init__(self, configuration: Configuration) -> None:
        self._roles = configuration.roles
        self._taken: dict[tuple[str, str], frozenset[str]] = {}

    def take_away(self, user: User, project: Project, *permissions: str) -> None:
        """Deny these permissions to one account in one project, whatever the scheme says."""
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

    def may(self, user: User | None, permission: str, place: Project | Issue | None) -> bool:
        """Return whether an account has a permission: in a project, on an issue or, without one, everywhere.

        What is granted to whom an issue names (its reporter, say) is had in a project by every account,
        since it may be named by some issue there.
        """
        if permission in _OF_ADMINISTRATORS:
            return self.administers(user)
        if permission in _OF_EVERYBODY:
            return user is not None and LICENSED in user.groups
        if place is None:
            return False
        project = place.project if isinstance(place, Issue) else place
        if project.shelved and permission not in _OF_SHELVED[project.shelved.state]:
            return False
        if user and permission in self._taken.get((user.account_id, project.key), _NOTHING):
            return False
        holders = project.schemes.permissions.holders(permission)
        return any(self.is_among(user, holder, place) for holder in holders)

    def is_among(self, user: User | None, holder: Holder, place: Project | Issue) -> bool:
        """Return whether an account is one of those that a scheme names."""
        if user is None or holder.kind == "anyone":
            return holder.kind == "anyone"
        project, issue = (place.project, place) if isinstance(place, Issue) else (place, None)
        named = str(holder.parameter)
        match holder.kind:
            case "projectRole":
                role = self._roles.by_id(named)
                return role is not None and role.name in self.roles(user, project)
            case "group":
                return named in user.groups
            case "user":
                return named == user.account_id
            case "projectLead":
                return project.lead == user.name
            case "applicationRole":
                return LICENSED in user.groups
        if holder.kind not in _OF_ISSUES:
            return False
        return issue is None or user in self.named(issue, holder) or self._in_group(user, issue, named)

    def named(self, issue: Issue, holder: Holder) -> tuple[User, ...]:
        """Return the accounts that an issue names: its reporter, its assignee or those in a custom field."""
        value = issue.get(holder.kind if holder.kind in ("reporter", "assignee") else str(holder.parameter))
        members = value if isinstance(value, tuple) else (value,)
        return tuple(member for member in members if isinstance(member, User))

    def _in_group(self, user: User, issue: Issue, field_id: str) -> bool:
        if not field_id.startswith("customfield_"):
            return False
        value = issue.get(field_id)
        members = value if isinstance(value, tuple) else (value,)
        return any(isinstance(group, Group) and group.name in user.groups for group in members)

    def sees(self, user: User | None, issue: Issue) -> bool:
        """Return whether the platform API shows an issue to an account."""
        return self.may(user, "BROWSE_PROJECTS", issue) and self.is_cleared(user, issue.security, issue)

    def is_cleared(self, user: User | None, level: SecurityLevel | None, place: Project | Issue) -> bool:
        """Return whether an account is a member of a security level; everybody is where there is none."""
        return level is None or any(self.is_among(user, member.holder, place) for member in level.members)

    def differ_by_issue(self, project: Project) -> bool:
        """Return whether somebody may see some issues of a project and not others."""
        holders = project.schemes.permissions.holders("BROWSE_PROJECTS")
        return project.schemes.security is not None or any(holder.kind in _OF_ISSUES for holder in holders)

    def sees_request(self, user: User | None, issue: Issue) -> bool:
        """Return whether the portal shows an issue with a request type: a visible one, or one's own.

        One's own is also what one participates in, has to approve, or shares through an organization.
        """
        if user is None or issue.request_type is None or issue.project.shelved:
            return False
        own = issue.reporter is user or shares(issue, user)
        return self._portal_shows(user, issue) and (own or self.sees(user, issue))

    def _portal_shows(self, user: User, issue: Issue) -> bool:
        """Return whether the security level of a request lets an account see it, at least on the portal."""
        members = issue.security.members if issue.security else ()
        return PORTAL in (member.holder for member in members) or self.is_cleared(user, issue.security, issue)

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
