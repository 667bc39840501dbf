"""What every store promises about pairs, what both sides agreed on, and conflicts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from careloop.errors import UnknownNumber
from careloop.model.change import BaseValue
from careloop.model.intent import Conflict
from careloop.ports import Store
from careloop.testing.examples import MONDAY, incident, issue, make_pair

PAIR = make_pair(incident("1"), issue("1"))
CONFLICT = Conflict(
    id="c1", pair=PAIR.id, field="priority", left="1", right="Low", base="3 / Medium", found_at=MONDAY
)


class LinksContract:
    """Promises of `careloop.ports.Links`."""

    def test_a_pair_is_found_from_either_side(self, store: Store) -> None:
        other = make_pair(incident("2"), issue("1"))
        store.save_pair(PAIR)
        store.save_pair(other)

        assert store.pairs_of([incident("1")]) == [PAIR]
        assert sorted(pair.id for pair in store.pairs_of([issue("1")])) == [PAIR.id, other.id]
        assert len(store.pairs_of([incident("1"), issue("1")])) == 2
        assert store.pairs_of([incident("3")]) == []

    def test_a_pair_is_found_by_its_id(self, store: Store) -> None:
        store.save_pair(PAIR)

        assert store.get_pairs([PAIR.id, "unknown"]) == {PAIR.id: PAIR}

    def test_two_records_are_a_pair_once_whichever_is_on_the_left(self, store: Store) -> None:
        store.save_pair(PAIR)
        store.save_pair(PAIR)
        store.save_pair(replace(PAIR, id="other"))
        store.save_pair(make_pair(PAIR.right, PAIR.left))

        assert store.pairs_of([PAIR.left]) == [PAIR]

    def test_base_values_are_those_saved_last_by_field(self, store: Store) -> None:
        store.save_pair(PAIR)
        title = BaseValue(field="title", left="fire", right="Fire")
        store.save_bases(PAIR.id, [title, BaseValue(field="priority", left="1", right="High")])
        store.save_bases(PAIR.id, [BaseValue(field="priority", left="2", right="")])

        expected = {"title": title, "priority": BaseValue(field="priority", left="2", right="")}
        assert store.bases_of(PAIR.id) == expected
        assert store.bases_of("unknown") == {}

    def test_values_may_be_kept_before_their_pair_in_one_transaction(self, store: Store) -> None:
        with store.transaction():
            store.save_bases(PAIR.id, [BaseValue(field="title", left="fire", right="Fire")])
            store.save_pair(PAIR)

        assert list(store.bases_of(PAIR.id)) == ["title"]

    def test_both_comments_of_a_pair_are_known_to_have_their_counterpart(self, store: Store) -> None:
        store.save_pair(PAIR)
        for _ in range(2):
            store.save_comment_pair("jira", "10", PAIR.id, "j1", "public")
            store.save_comment_pair("servicenow", "j2", PAIR.id, "20", "internal")

        assert store.comment_pairs(PAIR.id) == {
            ("jira", "10"), ("servicenow", "j1"), ("servicenow", "j2"), ("jira", "20"),
        }  # fmt: skip
        assert store.comment_pairs("unknown") == set()

    def test_the_same_disagreement_is_parked_once(self, store: Store) -> None:
        store.save_pair(PAIR)
        store.save_conflicts([CONFLICT])
        store.save_conflicts([replace(CONFLICT, found_at=MONDAY + timedelta(days=1))])

        assert store.conflicts() == [CONFLICT]

    def test_conflicts_come_oldest_first(self, store: Store) -> None:
        store.save_pair(PAIR)
        older = replace(CONFLICT, id="c2", found_at=MONDAY - timedelta(days=1))
        store.save_conflicts([CONFLICT, older])

        assert store.conflicts() == [older, CONFLICT]

    def test_a_settled_conflict_is_no_longer_open_and_stays_readable(self, store: Store) -> None:
        store.save_pair(PAIR)
        store.save_conflicts([CONFLICT])
        store.settle_conflict(CONFLICT.id, "left")

        assert store.conflicts() == []
        assert store.conflicts(open_only=False) == [replace(CONFLICT, kept="left")]

    def test_a_settled_disagreement_that_comes_back_is_open_again(self, store: Store) -> None:
        store.save_pair(PAIR)
        store.save_conflicts([CONFLICT])
        store.settle_conflict(CONFLICT.id, "left")
        again = replace(CONFLICT, base="2 / Low", found_at=MONDAY + timedelta(days=1))
        store.save_conflicts([again])

        assert store.conflicts() == [again]

    def test_settling_a_conflict_nobody_knows_is_an_error(self, store: Store) -> None:
        with pytest.raises(UnknownNumber, match="c9"):
            store.settle_conflict("c9", "left")
