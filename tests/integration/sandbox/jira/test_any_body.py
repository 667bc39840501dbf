"""Whatever a request contains, the site answers: it never breaks."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from careloop.sandbox.adapter import AsgiAdapter
from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Site
from tests.integration.sandbox.jira.caller import URL, Caller

PLACES = st.sampled_from(
    ["ENG", "ENG-1", "HELP-1", "Bug", "10000", "31", "1", "Done", "project = ENG", "names"]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 20_000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | PLACES
    | st.text(max_size=5)
)
KEYS = st.sampled_from(
    ["key", "id", "name", "accountId", "add", "set", "remove", "body", "value", "type", "comment"]
)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)
FIELDS = (
    "summary description labels assignee parent priority fixVersions duedate customfield_10016 environment"
)
ENDS = "type inwardIssue outwardIssue comment"
SEARCH = "jql fields expand properties maxResults nextPageToken reconcileIssues"


def bodies(names: str, **fixed: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects with some of these names and any JSON under them."""
    return st.fixed_dictionaries(
        {name: st.just(value) for name, value in fixed.items()}, optional=dict.fromkeys(names.split(), JSON)
    )


def around(
    fields: st.SearchStrategy[Any], names: str = "update properties", **fixed: Any
) -> st.SearchStrategy[Any]:
    """Return bodies of create, edit and transition: with well-formed or any other fields and updates."""
    return st.tuples(bodies(names, **fixed), fields | JSON, bodies(f"{FIELDS} comment") | JSON).map(
        lambda parts: {**parts[0], "fields": parts[1], "update": parts[2]}
    )


NEW = bodies(FIELDS, project={"key": "ENG"}, issuetype={"name": "Bug"})


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(Clock(datetime(2026, 3, 2, 9, tzinfo=UTC)))


@pytest.fixture(scope="module")
def call(site: Site) -> Caller:
    session = requests.Session()
    session.mount(URL, AsgiAdapter(site.app))
    session.auth = (site.email, site.token)
    return Caller(session)


def begin(site: Site) -> None:
    site.reset()
    site.act("bot").create_issue("ENG", "Bug", "Printer jams")
    request = site.act("gina.rossi").raise_request("Report a problem", "No mail")
    site.act("eva.lind").comment(request, "On it")


CALLS: list[tuple[str, str, st.SearchStrategy[Any]]] = [
    ("POST", "api/2/issue", around(NEW)),
    ("POST", "api/3/issue", around(NEW)),
    ("PUT", "api/2/issue/ENG-1", around(bodies(FIELDS))),
    ("PUT", "api/3/issue/ENG-1", around(bodies(FIELDS))),
    ("PUT", "api/2/issue/ENG-1/assignee", bodies("accountId name")),
    (
        "POST",
        "api/2/issue/ENG-1/transitions",
        around(bodies("resolution assignee"), transition={"id": "31"}),
    ),
    ("POST", "api/2/issue/ENG-1/transitions", bodies("transition fields update")),
    ("POST", "api/2/issue/ENG-1/comment", bodies("visibility properties", body="x") | bodies("body")),
    ("POST", "api/3/issue/ENG-1/comment", bodies("body visibility properties")),
    ("PUT", "api/2/issue/HELP-1/comment/10000", bodies("visibility properties", body="x")),
    ("PUT", "api/2/comment/10000/properties/sd.public.comment", JSON),
    ("PUT", "api/2/issue/ENG-1/properties/careloop", JSON),
    ("POST", "api/2/issue/ENG-1/remotelink", bodies("globalId relationship object application")),
    (
        "POST",
        "api/2/issueLink",
        bodies(ENDS)
        | bodies(
            "comment", type={"id": "10000"}, inwardIssue={"key": "ENG-1"}, outwardIssue={"key": "HELP-1"}
        ),
    ),
    ("POST", "api/2/search/jql", bodies(SEARCH.removeprefix("jql "), jql="project = ENG") | bodies(SEARCH)),
    ("POST", "api/2/search/approximate-count", bodies("jql")),
    ("POST", "api/2/issue/bulkfetch", bodies("fields expand properties", issueIdsOrKeys=["ENG-1"])),
    ("POST", "api/2/issue/bulkfetch", bodies("issueIdsOrKeys fields expand properties")),
    ("POST", "api/2/changelog/bulkfetch", bodies("issueIdsOrKeys fieldIds maxResults nextPageToken")),
    ("POST", "api/2/comment/list", bodies("ids")),
    (
        "POST",
        "servicedeskapi/request",
        bodies("serviceDeskId requestTypeId requestFieldValues raiseOnBehalfOf"),
    ),
    (
        "POST",
        "servicedeskapi/request",
        bodies("requestFieldValues raiseOnBehalfOf isAdfRequest", serviceDeskId="1", requestTypeId="2"),
    ),
    ("POST", "servicedeskapi/request/HELP-1/comment", bodies("body", public=True)),
    (
        "POST",
        "servicedeskapi/request/HELP-1/transition",
        bodies("additionalComment", id="51") | bodies("id"),
    ),
]


@pytest.mark.parametrize("number", range(len(CALLS)))
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_any_body_is_answered(site: Site, call: Caller, number: int, data: st.DataObject) -> None:
    begin(site)
    method, path, content = CALLS[number]
    assert call(method, f"/rest/{path}", data.draw(content)).status_code < 500
    assert call("GET", "/rest/api/3/issue/ENG-1", expand="changelog,editmeta,transitions").status_code == 200


@settings(max_examples=20, deadline=None)
@given(
    query=st.dictionaries(
        st.sampled_from(f"{SEARCH} startAt orderBy query accountId permissions projectKey issueKey".split()),
        st.text(max_size=8) | PLACES,
        max_size=5,
    )
)
def test_any_query_is_answered(site: Site, call: Caller, query: dict[str, str]) -> None:
    begin(site)
    for path in (
        "search/jql",
        "issue/ENG-1",
        "issue/ENG-1/comment",
        "user/search",
        "mypermissions",
        "project/search",
    ):
        assert call("GET", f"/rest/api/2/{path}", **query).status_code < 500
