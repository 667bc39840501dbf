"""What stands between the settings and a first run on a site."""

from collections.abc import Callable, Iterator, Sequence

from careloop.connectors.jira import jql
from careloop.connectors.jira.history import fetch_histories
from careloop.connectors.jira.records import Issue
from careloop.connectors.jira.rights import needed
from careloop.connectors.jira.search import search
from careloop.connectors.jira.site import Site
from careloop.connectors.jira.workflow import fill_screen, locate
from careloop.errors import AuthenticationRefused, CareloopError, Refused
from careloop.model.check import Check, CheckContext, Severity
from careloop.model.page import Scope
from careloop.ports import Clock

_SKEW = 60.0  # seconds between the site's clock and ours that do no harm
_SAMPLE = 20  # issues whose transitions are looked at


def check(site: Site, clock: Clock, context: CheckContext) -> Iterator[Check]:
    """Look at the account first, then at each project; nothing is written."""
    checks = Checks(site, context)
    account = checks.account()
    yield account
    if account.severity is Severity.BLOCKING:
        return
    yield checks.clock(clock)
    for scope in context.scopes:
        if scope.instance == site.name:
            yield from checks.project(scope)


class Checks:
    """The single looks; each answers with one line."""

    def __init__(self, site: Site, context: CheckContext) -> None:
        self._site = site
        self._context = context

    def account(self) -> Check:
        """Tell whether the address is a Jira and takes our credentials."""
        try:
            account = self._site.myself
        except AuthenticationRefused as error:
            advice = (
                "check user and token; an API token expires after a year at most, and one with scopes "
                "works at https://api.atlassian.com/ex/jira/<cloud id> only"
            )
            return self._blocking("account", str(error), advice)
        except CareloopError as error:
            return self._blocking("account", str(error), "check the address and that the site is up")
        zone = account.get("timeZone") or "unknown"
        says = f"signed in as {account.get('displayName')}; the account's time zone is {zone}"
        if not self._site.client.is_cloud and zone != "UTC":
            return self._warning(
                "account", says, "set it to UTC, so that dates in queries mean what they say"
            )
        return self._ok("account", f"{says}, which does not matter, since we ask by milliseconds")

    def clock(self, clock: Clock) -> Check:
        """Compare the site's clock with ours."""
        skew = (self._site.client.read_clock() - clock.now()).total_seconds()
        if abs(skew) <= _SKEW:
            return self._ok("clock", "the site's clock and ours agree")
        return self._warning(
            "clock", f"the site's clock is {skew:+.0f} seconds off ours", "let both machines follow NTP"
        )

    def project(self, scope: Scope) -> Iterator[Check]:
        """Look at one project: visible, permitted, and understood by the settings."""
        key = scope.container
        visible = self._try(
            "project", key, lambda: self._kind(key), f"give our account Browse Projects in {key}"
        )
        yield visible
        if visible.severity is Severity.BLOCKING:
            return
        yield self._permissions(key)
        yield self._fields(scope)
        yield self._try("query", key, lambda: self._queries(scope), "correct the query of the link")
        yield from self._names(key)
        sample = self._sample(key)
        yield self._history(key, sample)
        if self._context.acting:
            yield from self._screens(key, sample)
        yield self._unresolved(key)

    def _kind(self, key: str) -> str:
        project = self._site.client.get(f"project/{key}")
        declared, real = self._site.project(key).kind, project.get("projectTypeKey")
        if declared and (declared == "service_desk") != (real == "service_desk"):
            raise Refused(f"{key} is declared as {declared}, but is {real}")
        return f"{key} is visible, a project of kind {real}"

    def _permissions(self, key: str) -> Check:
        wanted = {permission.key: permission for permission in needed(self._context)}
        answer = self._site.client.get("mypermissions", projectKey=key, permissions=",".join(wanted))
        held = {name for name, detail in answer["permissions"].items() if detail.get("havePermission")}
        missing = [permission.role for name, permission in wanted.items() if name not in held]
        if not missing:
            return self._ok("permissions", f"{key}: every permission that the modes in use need is there")
        lacks = ", ".join(missing)
        return self._blocking(
            "permissions", f"{key}: our account lacks {lacks}", f"grant {lacks} to it in {key}"
        )

    def _fields(self, scope: Scope) -> Check:
        known = self._site.fields.known(scope.fields)
        unknown = [name for name in scope.fields if name not in known]
        if not unknown:
            return self._ok("fields", f"{scope.container}: every mapped field exists")
        says = f"{scope.container}: there is no field {', '.join(unknown)}, so it reads as empty"
        return self._warning("fields", says, "correct the name, unless it is meant for another instance only")

    def _queries(self, scope: Scope) -> str:
        for query in (scope.query, *scope.selections.values()):
            wanted = jql.conjunction(jql.in_project(scope.container), jql.bracket(query))
            next(search(self._site.client, wanted, ["id"], size=1))
        return f"{scope.container}: searching works"

    def _names(self, key: str) -> Iterator[Check]:
        """Compare every status that the settings name with those of the project."""
        types = self._site.client.get(f"project/{key}/statuses")
        real = {status["name"] for issue_type in types for status in issue_type["statuses"]}
        unknown = sorted(name for name in self._site.project(key).states if name not in real)
        if unknown:
            says = f"{key} has no status {', '.join(unknown)}"
            yield self._warning("statuses", says, f"its statuses are {', '.join(sorted(real))}")

    def _sample(self, key: str) -> Sequence[Issue]:
        query = f"{jql.in_project(key)} ORDER BY updated DESC"
        return next(search(self._site.client, query, ["status"], size=_SAMPLE))

    def _history(self, key: str, sample: Sequence[Issue]) -> Check:
        """Tell how well events can be known: from the changelog, or not at all yet."""
        if not sample:
            return self._ok("history", f"{key} has no issues yet")
        return self._try(
            "history", key, lambda: self._read_history(key, sample), "let our account read changelogs"
        )

    def _read_history(self, key: str, sample: Sequence[Issue]) -> str:
        fetch_histories(self._site.client, [str(sample[0]["id"])])
        return f"{key}: the changelog is readable, so events are observed and not inferred"

    def _screens(self, key: str, sample: Sequence[Issue]) -> Iterator[Check]:
        """Find transitions that demand a field for which the settings give no value."""
        by_status = {issue["fields"]["status"]["name"]: str(issue["id"]) for issue in sample}
        for id in by_status.values():
            place = locate(self._site, id)
            answer = self._site.client.get(f"issue/{id}/transitions", expand="transitions.fields")
            for step in answer["transitions"]:
                try:
                    fill_screen(self._site, place, step, {})
                except Refused as error:
                    yield self._warning(
                        "screens", str(error), f"add it under transition_fields.{step['to']['name']}"
                    )

    def _unresolved(self, key: str) -> Check:
        """Find issues that are done without a resolution, which Jira's own mails take for not resolved."""
        query = jql.conjunction(jql.in_project(key), "statusCategory = Done", "resolution is EMPTY")
        if not next(search(self._site.client, query, ["id"], size=1)):
            return self._ok("resolution", f"{key}: what is done has a resolution")
        return self._warning(
            "resolution",
            f"{key}: some issues are done without a resolution, and Jira tells no customer that they are",
            "let the workflow set a resolution on the way to a status of category Done",
        )

    def _try(self, name: str, key: str, look: Callable[[], str], advice: str) -> Check:
        try:
            return self._ok(name, look())
        except CareloopError as error:
            return self._blocking(name, f"{key}: {error}", advice)

    def _ok(self, name: str, says: str) -> Check:
        return self._line(name, Severity.OK, says)

    def _warning(self, name: str, says: str, advice: str) -> Check:
        return self._line(name, Severity.WARNING, says, advice)

    def _blocking(self, name: str, says: str, advice: str) -> Check:
        return self._line(name, Severity.BLOCKING, says, advice)

    def _line(self, name: str, severity: Severity, says: str, advice: str = "") -> Check:
        return Check(instance=self._site.name, name=name, severity=severity, says=says, advice=advice)
