"""What the platform tells about its query language, and how its pages of results are cut."""

from typing import Any

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import Caller

PARSE = "/rest/api/3/jql/parse"


def parsed(call: Caller, *queries: str, validation: str = "strict") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call.ok("POST", PARSE, {"queries": queries}, validation=validation)[
        "queries"
    ]
    return found


def test_a_query_is_parsed_into_its_structure(call: Caller) -> None:
    either = "labels in (urgent, EMPTY) OR NOT creator = currentUser()"
    jql = f'summary ~ "two words" AND ({either}) ORDER BY updated'
    (shown,) = parsed(call, jql)
    assert shown["query"] == jql
    assert "errors" not in shown
    assert shown["structure"] == {
        "orderBy": {"fields": [{"direction": "asc", "field": {"name": "updated", "encodedName": "updated"}}]},
        "where": {
            "operator": "and",
            "clauses": [
                {
                    "field": {"name": "summary", "encodedName": "summary"},
                    "operator": "~",
                    "operand": {"value": "two words", "encodedValue": '"two words"'},
                },
                {
                    "operator": "or",
                    "clauses": [
                        {
                            "field": {"name": "labels", "encodedName": "labels"},
                            "operator": "in",
                            "operand": {
                                "values": [
                                    {"value": "urgent", "encodedValue": "urgent"},
                                    {"keyword": "empty"},
                                ],
                                "encodedOperand": "(urgent, empty)",
                            },
                        },
                        {
                            "operator": "not",
                            "clauses": [
                                {
                                    "field": {"name": "creator", "encodedName": "creator"},
                                    "operator": "=",
                                    "operand": {
                                        "function": "currentUser",
                                        "arguments": [],
                                        "encodedOperand": "currentUser()",
                                    },
                                }
                            ],
                        },
                    ],
                },
            ],
        },
    }


def test_history_is_parsed_with_its_predicates(call: Caller) -> None:
    (shown,) = parsed(call, "status WAS Done BY currentUser() DURING (2026-01-01, 2026-02-01)")
    where = shown["structure"]["where"]
    assert [predicate["operator"] for predicate in where["predicates"]] == ["by", "during"]
    assert where["operator"] == "was"


def test_a_wrong_query_is_told_beside_the_right_ones(call: Caller) -> None:
    right, wrong, unknown, absent = parsed(
        call, "project = ENG", "invalid query", "universe = 42", "project = INVALID"
    )
    assert "structure" in right
    assert wrong["errors"][0].startswith("Error in the JQL Query: Expecting operator but got 'query'.")
    assert unknown["errors"] == ["Field 'universe' does not exist or you do not have permission to view it."]
    assert "structure" not in unknown
    assert absent["warnings"] == ["The value 'INVALID' does not exist for the field 'project'."]
    (warned,) = parsed(call, "universe = 42", validation="warn")
    assert warned["errors"]
    assert warned["structure"]
    assert "errors" not in parsed(call, "universe = 42", validation="none")[0]
    assert call("POST", PARSE, {"queries": []}).status_code == 400


def test_issues_are_matched_against_queries(call: Caller, bug: str) -> None:
    number = int(call.ok("GET", f"/rest/api/3/issue/{bug}")["id"])
    asked = {"issueIds": [number, 99], "jqls": ["project = ENG", "project = HELP", "broken = value"]}
    here, nowhere, broken = call.ok("POST", "/rest/api/3/jql/match", asked)["matches"]
    assert here == {"matchedIssues": [number], "errors": []}
    assert nowhere == {"matchedIssues": [], "errors": []}
    assert broken["errors"]


def test_an_editor_of_queries_is_told_what_there_is(call: Caller) -> None:
    data = call.ok("GET", "/rest/api/3/jql/autocompletedata")
    fields = {field["value"]: field for field in data["visibleFieldNames"]}
    assert "was" in fields["status"]["operators"]
    assert fields["summary"]["operators"] == ["~", "!~", "is", "is not"]
    assert fields['"External reference"']["cfid"] == "cf[10052]"
    assert "currentUser()" in {function["value"] for function in data["visibleFunctionNames"]}
    assert "select" in data["jqlReservedWords"]
    suggested = call.ok(
        "GET", "/rest/api/3/jql/autocompletedata/suggestions", fieldName="status", fieldValue="in"
    )
    assert suggested["results"] == [
        {"value": '"In Progress"', "displayName": "In Progress"},
        {"value": '"In Review"', "displayName": "In Review"},
    ]


def test_typed_words_pick_an_issue(call: Caller, bug: str) -> None:
    sections = call.ok("GET", "/rest/api/3/issue/picker", query="printer")["sections"]
    assert [issue["key"] for issue in sections[-1]["issues"]] == [bug]


def test_what_one_looked_at_is_found_again(call: Caller, bug: str) -> None:
    query = {"jql": "issue in issueHistory()", "fields": ["summary"]}
    assert call.ok("POST", "/rest/api/3/search/jql", query)["issues"] == []
    call.ok("GET", f"/rest/api/3/issue/{bug}", updateHistory="true")
    assert [one["key"] for one in call.ok("POST", "/rest/api/3/search/jql", query)["issues"]] == [bug]


def test_a_page_is_short_when_more_than_ids_is_asked_for(call: Caller, site: Site, clock: Clock) -> None:
    for number in range(120):
        site.act("bot").create_issue("ENG", "Bug", f"Bug {number}")
    asked = {"jql": "project = ENG", "maxResults": 5000}
    assert len(call.ok("POST", "/rest/api/3/search/jql", asked)["issues"]) == 120
    first = call.ok("POST", "/rest/api/3/search/jql", asked | {"fields": ["summary"]})
    assert (len(first["issues"]), first["isLast"]) == (100, False)
    more = asked | {"fields": ["summary"], "nextPageToken": first["nextPageToken"]}
    rest = call.ok("POST", "/rest/api/3/search/jql", more)
    assert (len(rest["issues"]), rest["isLast"]) == (20, True)
    assert "nextPageToken" not in rest


def test_an_unknown_key_in_a_search_is_refused(call: Caller) -> None:
    refused = call("POST", "/rest/api/3/search/jql", {"jql": "project = ENG", "startAt": 50})
    assert refused.status_code == 400
    assert refused.json()["errorMessages"] == [
        "Invalid request payload. Refer to the REST API documentation and try again."
    ]


def test_the_old_search_is_gone_and_says_where_to_go(call: Caller) -> None:
    for method in ("GET", "POST"):
        gone = call(method, "/rest/api/2/search", {"jql": "project = ENG"} if method == "POST" else None)
        assert gone.status_code == 410
        assert "/rest/api/3/search/jql" in gone.json()["errorMessages"][0]
