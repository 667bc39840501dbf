"""Values of fields as text and back, and points in time."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.connectors.jira.fields import Fields, render, same, split
from careloop.connectors.jira.moment import from_milliseconds, read_moment, to_milliseconds
from careloop.errors import Refused

LISTED: list[dict[str, Any]] = [
    {"id": "summary", "name": "Summary", "schema": {"type": "string"}},
    {"id": "priority", "name": "Priority", "schema": {"type": "priority"}},
    {"id": "assignee", "name": "Assignee", "schema": {"type": "user"}},
    {"id": "labels", "name": "Labels", "schema": {"type": "array", "items": "string"}},
    {"id": "components", "name": "Components", "schema": {"type": "array", "items": "component"}},
    {"id": "parent", "name": "Parent", "schema": {"type": "issuelink"}},
    {"id": "customfield_1", "name": "Story points", "schema": {"type": "number"}},
    {"id": "customfield_2", "name": "Impact", "schema": {"type": "option"}},
    {"id": "customfield_3", "name": "Labels", "schema": {"type": "string"}},
]
CLOUD, SERVER = (Fields("jira", LISTED, cloud=cloud) for cloud in (True, False))


@pytest.mark.parametrize(
    ("name", "text", "encoded"),
    [
        ("summary", "Grüße", ("summary", "Grüße")),
        ("priority", "High", ("priority", {"name": "High"})),
        ("assignee", "5f0c", ("assignee", {"accountId": "5f0c"})),
        ("labels", "a, b,,c", ("labels", ["a", "b", "c"])),
        ("components", "Mail", ("components", [{"name": "Mail"}])),
        ("parent", "ENG-1", ("parent", {"key": "ENG-1"})),
        ("Story points", "2.5", ("customfield_1", 2.5)),
        ("Impact", "Major", ("customfield_2", {"value": "Major"})),
        ("priority", "", ("priority", None)),
        ("labels", "", ("labels", [])),
    ],
)
def test_a_text_becomes_what_its_field_takes(name: str, text: str, encoded: tuple[str, Any]) -> None:
    assert CLOUD.encode(name, text) == encoded


def test_people_are_named_by_user_name_on_data_center() -> None:
    assert SERVER.encode("assignee", "ada") == ("assignee", {"name": "ada"})


def test_a_field_of_the_system_goes_before_one_that_borrowed_its_name() -> None:
    assert CLOUD.find("labels") == "labels"
    assert CLOUD.find("LABELS") == "labels"


def test_an_unknown_field_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(Refused, match="no field 'sumary'"):
        CLOUD.find("sumary")


def test_a_text_that_is_no_number_is_refused_before_it_is_sent() -> None:
    with pytest.raises(Refused, match="'many' is none"):
        CLOUD.encode("Story points", "many")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("plain", "plain"),
        (True, "true"),
        (3.0, "3"),
        (123_456_789.0, "123456789"),
        (2.5, "2.5"),
        ({"id": "1", "name": "High"}, "High"),
        ({"accountId": "5f0c", "displayName": "Ada"}, "5f0c"),
        ({"name": "ada", "displayName": "Ada"}, "ada"),
        ({"value": "Disk", "child": {"value": "SSD"}}, "Disk > SSD"),
        ({"id": "1", "key": "ENG-1", "fields": {}}, "ENG-1"),
        ({"requestType": {"name": "Report a problem"}, "currentStatus": {}}, "Report a problem"),
        ([{"name": "1.0"}, {"name": "2.0"}], "1.0,2.0"),
        ({"percent": 3}, ""),
    ],
)
def test_a_value_becomes_text(value: Any, text: str) -> None:
    assert render(value) == text


@given(st.lists(st.from_regex(r"[a-z]{1,5}", fullmatch=True)))
def test_a_list_survives_the_way_to_text_and_back(members: list[str]) -> None:
    assert split(render(members)) == members


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [("a\r\nb ", "a\nb", True), ("x,y", "y,x", True), ("a", "b", False), ("x,y", "x", False)],
)
def test_what_jira_rewrites_is_still_the_same(left: str, right: str, equal: bool) -> None:  # noqa: FBT001 - a table's column
    assert same(left, right) is equal


@pytest.mark.parametrize(
    "value", ["2026-03-02T10:00:00.000+0100", "2026-03-02T09:00:00Z", 1772442000, 1772442000000]
)
def test_a_moment_is_read_in_every_form_that_jira_gives_it(value: str | int) -> None:
    assert read_moment(value) == datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "", "yesterday", "2026-03-02T09:00:00", True, {}, 1e300])
def test_what_is_no_moment_is_a_value_error(value: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_moment(value)


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(5000, 1, 1)))  # noqa: DTZ001 - made aware below
def test_milliseconds_lose_nothing_that_jira_keeps(moment: datetime) -> None:
    aware = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)

    assert from_milliseconds(to_milliseconds(aware)) == aware
