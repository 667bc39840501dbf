"""What every store promises.

Derive a test class, say how to open your store, and run pytest on it:

    class TestMyStore(StoreContract):
        @pytest.fixture
        def open_store(self, tmp_path):
            return lambda: MyStore(tmp_path / "store")
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from careloop.model.switch import Switched
from careloop.ports import Store
from careloop.testing.examples import MONDAY, incident, make_event, make_record
from careloop.testing.journal_contract import JournalContract
from careloop.testing.links_contract import LinksContract
from careloop.testing.outbox_contract import OutboxContract
from careloop.testing.records_contract import RecordsContract


class Mishap(Exception):
    """Something that goes wrong in the middle of a transaction."""


class StoreContract(RecordsContract, JournalContract, LinksContract, OutboxContract):
    """Promises of `careloop.ports.Store`; `open_store` is the one fixture to override."""

    @pytest.fixture
    def open_store(self) -> Callable[[], Store]:
        """Return a function that opens one and the same store, empty at first, each time it is called."""
        raise NotImplementedError("override the fixture open_store")

    @pytest.fixture
    def store(self, open_store: Callable[[], Store]) -> Iterator[Store]:
        """Open the store for the length of a test."""
        with closing(open_store()) as store:
            yield store

    def test_a_transaction_that_fails_leaves_nothing_behind(self, store: Store) -> None:
        with pytest.raises(Mishap), store.transaction():
            store.save_records([make_record(incident("1"))])
            store.put_in_problem([(incident("1"), "a")])
            store.append([make_event(incident("1"), "a")], MONDAY)
            store.set_cursor("servicenow/incident", "1", "")
            raise Mishap

        assert store.get_record(incident("1")) is None
        assert store.count_events() == 0
        assert store.problems_to_look_at(MONDAY, "rules") == []
        assert store.get_cursor("servicenow/incident") is None

    def test_a_transaction_inside_another_is_part_of_it(self, store: Store) -> None:
        with pytest.raises(Mishap), store.transaction():
            with store.transaction():
                store.save_records([make_record(incident("1"))])
            raise Mishap

        assert store.get_record(incident("1")) is None

    def test_a_store_can_be_used_after_a_failed_transaction(self, store: Store) -> None:
        with pytest.raises(Mishap), store.transaction():
            raise Mishap
        store.save_records([make_record(incident("1"))])

        assert store.get_record(incident("1")) is not None

    def test_others_see_a_transaction_whole_or_not_at_all(
        self, store: Store, open_store: Callable[[], Store]
    ) -> None:
        with closing(open_store()) as other:
            with store.transaction():
                store.save_records([make_record(incident("1"))])
                assert store.get_record(incident("1")) is not None
                assert other.get_record(incident("1")) is None

            assert other.get_record(incident("1")) is not None

    def test_no_work_is_lost_between_those_who_read_before_they_write(
        self, store: Store, open_store: Callable[[], Store]
    ) -> None:
        store.set_cursor("count", "0", "")

        def count(times: int) -> None:
            with closing(open_store()) as mine:
                for _ in range(times):
                    with mine.transaction():
                        value, _ = mine.get_cursor("count") or ("0", "")
                        mine.set_cursor("count", str(int(value) + 1), "")

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(count, [10] * 4))

        assert store.get_cursor("count") == ("40", "")

    def test_one_store_serves_several_threads(self, store: Store) -> None:
        def save(id: str) -> None:
            with store.transaction():
                store.save_records([make_record(incident(id))])

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(save, "12345678"))

        assert len(store.get_records([incident(id) for id in "12345678"])) == 8

    def test_a_store_belongs_to_who_opened_it_first(self, store: Store) -> None:
        assert store.bound

    def test_binding_forgets_which_instances_a_store_belonged_to(self, store: Store) -> None:
        store.save_identity("servicenow", "abc")
        store.bind()

        assert store.identities() == {}
        assert store.bound

    def test_every_switch_of_a_policy_is_kept_oldest_first(self, store: Store) -> None:
        first = Switched(
            policy="reopen", mode="ask", since=None, rules_hash="a", author="ada", approved_by="", at=MONDAY
        )
        second = replace(first, mode="act", since=MONDAY, approved_by="bob", at=MONDAY + timedelta(days=1))
        for switch in (first, first, second):
            store.save_switch(switch)

        assert store.switches() == [first, first, second]

    def test_what_was_saved_is_there_after_opening_anew(self, open_store: Callable[[], Store]) -> None:
        with closing(open_store()) as before:
            before.save_records([make_record(incident("1"))])
            before.save_identity("servicenow", "abc")
            before.save_identity("servicenow", "def")

        with closing(open_store()) as after:
            assert after.get_record(incident("1")) == make_record(incident("1"))
            assert after.identities() == {"servicenow": "def"}
