"""Reading a table page by page."""

import pytest
from requests import Session
from requests.utils import parse_header_links

from careloop.sandbox.servicenow import Instance

ORDER = "ORDERBYsys_updated_on^ORDERBYsys_id"


@pytest.fixture
def ten(instance: Instance) -> Instance:
    """Ten incidents a second apart, of which Lena Moreau has called about two."""
    agent = instance.act("paul.adeyemi")
    lena = instance.user_named("lena.moreau").sys_id
    for number in range(10):
        agent.insert("incident", {"order": number, "caller_id": lena if number in (3, 8) else ""})
        instance.clock.advance(1)
    return instance


def links(header: str) -> dict[str, str]:
    return {link["rel"]: link["url"] for link in parse_header_links(header)}


def offsets(header: str) -> dict[str, int]:
    return {rel: int(url.rpartition("sysparm_offset=")[2]) for rel, url in links(header).items()}


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (0, {"first": 0, "prev": -1, "next": 4, "last": 8}),
        (4, {"first": 0, "prev": 0, "next": 8, "last": 8}),
        (8, {"first": 0, "prev": 4, "last": 8}),
    ],
)
def test_links_lead_to_the_other_pages(
    ten: Instance, session: Session, table: str, offset: int, expected: dict[str, int]
) -> None:
    answer = session.get(f"{table}/incident", params={"sysparm_limit": 4, "sysparm_offset": offset})

    assert offsets(answer.headers["Link"]) == expected
    assert answer.headers["X-Total-Count"] == "10"


def test_an_older_instance_names_no_page_before_the_first(
    ten: Instance, session: Session, table: str
) -> None:
    ten.set_property("sandbox.rest.link_prev_on_first_page", "false")
    first = session.get(f"{table}/incident", params={"sysparm_limit": 4})
    second = session.get(f"{table}/incident", params={"sysparm_limit": 4, "sysparm_offset": 2})

    assert offsets(first.headers["Link"]) == {"first": 0, "next": 4, "last": 8}
    assert offsets(second.headers["Link"])["prev"] == -1


def test_following_next_reads_every_record_once(ten: Instance, session: Session, table: str) -> None:
    url = f"{table}/incident?sysparm_query={ORDER}&sysparm_limit=3&sysparm_fields=order"
    seen: list[str] = []
    while url:
        answer = session.get(url)
        seen += [row["order"] for row in answer.json()["result"]]
        url = links(answer.headers["Link"]).get("next", "")

    assert seen == [str(number) for number in range(10)]


def test_what_fits_on_one_page_has_no_links(ten: Instance, session: Session, table: str) -> None:
    assert "Link" not in session.get(f"{table}/incident").headers


def test_headers_can_be_suppressed(ten: Instance, session: Session, table: str) -> None:
    params = {"sysparm_limit": "3"}
    bare = session.get(f"{table}/incident", params={**params, "sysparm_suppress_pagination_header": "true"})
    uncounted = session.get(f"{table}/incident", params={**params, "sysparm_no_count": "true"})

    assert "Link" not in bare.headers
    assert bare.headers["X-Total-Count"] == "10"
    assert "X-Total-Count" not in uncounted.headers
    assert offsets(uncounted.headers["Link"]) == {"first": 0, "prev": -1, "next": 3}
    ten.set_property("sandbox.rest.no_count_sends_total", "true")
    told = session.get(f"{table}/incident", params={**params, "sysparm_no_count": "true"})
    assert told.headers["X-Total-Count"] == "10"


def test_hidden_rows_make_pages_short_but_not_the_count(ten: Instance, session: Session, table: str) -> None:
    session.auth = ("lena.moreau", "lena.moreau")
    pages = [
        session.get(
            f"{table}/incident",
            params={"sysparm_query": ORDER, "sysparm_limit": 5, "sysparm_offset": offset},
        )
        for offset in (0, 5)
    ]

    assert [[row["order"] for row in page.json()["result"]] for page in pages] == [["3"], ["8"]]
    assert {page.headers["X-Total-Count"] for page in pages} == {"10"}


def test_without_the_right_to_query_a_range_it_is_ignored_and_so_is_the_order(
    ten: Instance, session: Session, table: str
) -> None:
    params = {
        "sysparm_query": "sys_updated_on>=2026-01-05 09:00:05^ORDERBYDESCsys_updated_on",
        "sysparm_fields": "order",
    }
    ranged = session.get(f"{table}/incident", params=params).json()["result"]

    ten.revoke("careloop", "incident.sys_updated_on", "query_range")
    loosened = session.get(f"{table}/incident", params=params).json()["result"]

    assert [row["order"] for row in ranged] == ["9", "8", "7", "6", "5"]
    assert [row["order"] for row in loosened] == [str(number) for number in range(10)]


def test_a_page_follows_writes_at_once(ten: Instance, session: Session, table: str) -> None:
    params = {"sysparm_query": ORDER, "sysparm_limit": "1", "sysparm_fields": "order,sys_id"}
    first = session.get(f"{table}/incident", params=params).json()["result"][0]
    ten.act("paul.adeyemi").update("incident", first["sys_id"], {"work_notes": "Later"})
    second = session.get(f"{table}/incident", params=params).json()["result"][0]

    assert (first["order"], second["order"]) == ("0", "1")
