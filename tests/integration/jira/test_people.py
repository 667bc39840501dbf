"""Accounts that no issue names are found by what people know of them."""

from typing import Any

import pytest

from tests.integration.jira.desk import Desk

BRUNO = "5f0c1a2b3c4d5e6f70819202"


def found(desk: Desk, name: str) -> list[str]:
    return [person.native for person in desk.connector.find_people(name)]


def test_an_account_id_is_found() -> None:
    assert found(Desk(), BRUNO) == [BRUNO]


@pytest.mark.parametrize("shown", [True, False])
def test_a_whole_address_is_found_whether_or_not_it_is_shown(*, shown: bool) -> None:
    desk = Desk()
    (bruno,) = [user for user in desk.site.store.people if user.account_id == BRUNO]

    def show(users: Any) -> Any:
        return [user | {"emailAddress": bruno.email if shown else ""} for user in users]

    desk.between.changes["user/search"] = show
    assert found(desk, bruno.email) == [BRUNO]


def test_the_beginning_of_an_address_is_nobodys() -> None:
    desk = Desk()
    assert found(desk, "b@") == []
    assert found(desk, "bruno") == []


def test_several_who_hide_their_addresses_are_nobody() -> None:
    desk = Desk()
    users = [{"accountId": id, "accountType": "atlassian", "displayName": id} for id in ("one", "two")]
    desk.between.changes["user/search"] = lambda _: users

    assert found(desk, "b@example.com") == []


def test_on_data_center_a_user_name_is_found_and_no_beginning_of_it() -> None:
    desk = Desk(server=True)
    (bruno,) = [user for user in desk.site.store.people if user.account_id == BRUNO]

    assert found(desk, bruno.name) == [bruno.name]
    assert found(desk, bruno.name[:-1]) == []
