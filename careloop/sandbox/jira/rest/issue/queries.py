"""What the platform tells about its query language: parsing, matching, completing."""

from typing import Any

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.jql import functions
from careloop.sandbox.jira.jql.fields import Searchable
from careloop.sandbox.jira.jql.kinds import KINDS
from careloop.sandbox.jira.jql.parser import parse as parse_query
from careloop.sandbox.jira.jql.structure import quote, show_query
from careloop.sandbox.jira.jql.tokens import reserved_words
from careloop.sandbox.jira.model.issue import Issue
from careloop.sandbox.jira.rest.call import Answer, Call, Route, strings

MOST_SUGGESTED = 15
MOST_MATCHED = 1000
MOST_QUERIES = 100
_OPERATORS = (
    *("=", "!=", "~", "!~", ">", ">=", "<", "<=", "in", "not in", "is", "is not"),
    *("was", "was in", "was not", "was not in", "changed"),
)


def parse(call: Call) -> Answer:
    """Return the structure of each query, with its errors and what it names that does not exist."""
    call.sign_in()
    validation = call.query.get("validation", "strict")
    if validation not in ("strict", "warn", "none"):
        raise Refused(400, f"The validation '{validation}' is none of strict, warn and none.")
    queries = strings(call.object("queries"), "queries")
    if not 0 < len(queries) <= MOST_QUERIES:
        raise Refused(400, f"Between 1 and {MOST_QUERIES} queries must be given.")
    return Answer(200, {"queries": [_parsed(call, jql, validation) for jql in queries]})


def match(call: Call) -> Answer:
    """Return which of some issues each query finds."""
    asked = call.object("jqls", "issueIds")
    queries, numbers = strings(asked, "jqls"), asked.get("issueIds")
    if not isinstance(numbers, list) or not all(isinstance(number, int) for number in numbers):
        raise Refused(400, "The 'issueIds' must be a list of numbers.")
    if len(numbers) > MOST_MATCHED or not 0 < len(queries) <= MOST_QUERIES:
        raise Refused(400, f"At most {MOST_MATCHED} issues and {MOST_QUERIES} queries can be matched.")
    return Answer(200, {"matches": [_matched(call, jql, set(numbers)) for jql in queries]})


def sanitise(call: Call) -> Answer:
    """Return queries with the names of what an account cannot see replaced: here nothing is hidden."""
    rows = call.object("queries").get("queries")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(400, "The queries must be a list of objects.")
    if not call.store.rights.administers(call.actor):
        raise Refused(403, "Only administrators can sanitise queries.")
    shown = []
    for row in rows:
        jql = str(row.get("query") or "")
        one: dict[str, Any] = {"initialQuery": jql}
        try:
            parse_query(jql)
            one["sanitizedQuery"] = jql
        except Refused as refusal:
            one["errors"] = {"errorMessages": refusal.messages, "errors": {}}
        shown.append(one | ({"accountId": row["accountId"]} if row.get("accountId") else {}))
    return Answer(200, {"queries": shown})


def complete_for(call: Call) -> Answer:
    """Return the same for certain projects: here every field can be searched in each of them."""
    numbers = call.object("projectIds", "includeCollapsedFields").get("projectIds") or []
    if not isinstance(numbers, list) or not all(isinstance(number, int) for number in numbers):
        raise Refused(400, "The 'projectIds' must be a list of numbers.")
    return complete(call)


def complete(call: Call) -> Answer:
    """Return the fields and functions of the language, for an editor of queries."""
    fields = [_show_field(one) for one in call.search.searchables.every() if one.operators]
    return Answer(
        200,
        {
            "visibleFieldNames": fields,
            "visibleFunctionNames": [_show_function(function) for function in functions.every()],
            "jqlReservedWords": sorted(reserved_words()),
        },
    )


def suggest(call: Call) -> Answer:
    """Return the values of a field whose names start with what was typed."""
    field = call.search.searchables.find(call.query.get("fieldName", ""))
    if field is None:
        return Answer(200, {"results": []})
    typed = call.query.get("predicateValue") or call.query.get("fieldValue", "")
    found = [
        {"value": quote(value), "displayName": name}
        for name, value in _values(call, field)
        if name.casefold().startswith(typed.casefold())
    ]
    return Answer(200, {"results": found[:MOST_SUGGESTED]})


def pick(call: Call) -> Answer:
    """Return the issues that a few typed words may mean: those seen lately and those that a search finds."""
    words = call.query.get("query", "").casefold()
    call.sign_in()
    viewed = [issue for number in call.store.viewed_by(call.user) if (issue := call.store.issues.get(number))]
    history = [issue for issue in viewed if call.store.rights.sees(call.user, issue)]
    searched = call.search.result(call.user, call.query.get("currentJQL", "") or "order by updated").issues
    sections = [("History Search", "hs", history), ("Current Search", "cs", searched)]
    shown = [_show_section(call, label, code, issues, words) for label, code, issues in sections]
    return Answer(200, {"sections": [section for section in shown if section["id"] == "hs" or words]})


def _parsed(call: Call, jql: str, validation: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"query": jql}
    try:
        query = parse_query(jql, bare_words=False)
    except Refused as refusal:
        return shown | {"errors": refusal.messages}
    errors: list[str] = []
    if validation != "none":
        try:
            call.search.result(call.user, jql, lenient=False)
        except Refused as refusal:
            errors = refusal.messages
    if errors and errors[0].startswith("The value '"):  # a value may still come, a field may not
        shown["warnings"], errors = errors, []
    if errors:
        shown["errors"] = errors
    if not errors or validation == "warn":
        shown["structure"] = show_query(query)
    return shown


def _matched(call: Call, jql: str, numbers: set[int]) -> dict[str, Any]:
    try:
        found = call.search.result(call.user, jql).issues
    except Refused as refusal:
        return {"matchedIssues": [], "errors": refusal.messages}
    return {"matchedIssues": [issue.id for issue in found if issue.id in numbers], "errors": []}


def _show_field(one: Searchable) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "value": quote(one.name),
        "displayName": one.name,
        "orderable": "true" if one.sort_key else "false",
        "searchable": "true",
        "operators": [name for name in _OPERATORS if name.upper() in one.operators],
        "types": [KINDS[one.kind].type],
    }
    if one.kind not in ("text", "number", "duration", "date", "datetime", "presence"):
        shown["auto"] = "true"
    if one.field is not None and one.field.custom:
        shown["cfid"] = f"cf[{one.field.id.removeprefix('customfield_')}]"
        shown["displayName"] = f"{one.field.name} - {shown['cfid']}"
    return shown


def _show_function(function: functions.Function) -> dict[str, Any]:
    arguments = '""' if function.least else ""
    shown: dict[str, Any] = {
        "value": f"{function.name}({arguments})",
        "displayName": f"{function.name}({arguments})",
        "types": [function.type],
    }
    return shown | {"isList": "true"} if function.is_list else shown


def _values(call: Call, field: Searchable) -> list[tuple[str, str]]:
    """Return the display name and the written form of every value of a field that has a set of them."""
    configuration, store = call.store.configuration, call.store
    if field.kind == "user":
        return [
            (u.display_name, u.account_id if store.is_cloud else u.name) for u in store.people if u.active
        ]
    if field.kind == "label":
        labels = {label for issue in store.issues.values() for label in issue.labels}
        return [(label, label) for label in sorted(labels)]
    if field.kind == "project":
        visible = [p for p in configuration.projects if store.rights.may(call.user, "BROWSE_PROJECTS", p)]
        return [(f"{project.name} ({project.key})", project.key) for project in visible]
    if field.kind in ("component", "version"):
        noun = f"{field.kind}s"
        members = [one for project in configuration.projects for one in getattr(project, noun)]
        return [(one.name, one.name) for one in members]
    if field.field is not None and len(field.field.options):
        return [(option.value, option.value) for option in field.field.options]
    registers = {
        "issuetype": configuration.issue_types,
        "status": configuration.statuses,
        "priority": configuration.priorities,
        "resolution": configuration.resolutions,
        "statusCategory": configuration.categories,
        "category": configuration.project_categories,
    }
    register: Any = registers.get(field.kind, ())
    return [(one.name, one.name) for one in register]


def _show_section(call: Call, label: str, code: str, issues: list[Issue], words: str) -> dict[str, Any]:
    wanted = [i for i in issues if not words or words in i.key.casefold() or words in i.summary.casefold()]
    shown = [
        {
            "id": issue.id,
            "key": issue.key,
            "keyHtml": issue.key,
            "img": f"/images/icons/issuetypes/{issue.kind.id}.svg",
            "summary": issue.summary,
            "summaryText": issue.summary,
        }
        for issue in wanted[:20]
    ]
    section: dict[str, Any] = {"label": label, "id": code, "issues": shown}
    if not shown:
        section["msg"] = "No matching issues found"
    return section | {"sub": f"Showing {len(shown)} of {len(wanted)} matching issues"}


ROUTES: list[Route] = [
    ("GET", "/jql/autocompletedata", complete),
    ("GET", "/jql/autocompletedata/suggestions", suggest),
    ("GET", "/issue/picker", pick),
]
CLOUD_ROUTES: list[Route] = [
    ("POST", "/jql/autocompletedata", complete_for),
    ("POST", "/jql/parse", parse),
    ("POST", "/jql/match", match),
    ("POST", "/jql/sanitize", sanitise),
]
