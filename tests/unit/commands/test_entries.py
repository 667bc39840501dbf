"""What people tell careloop directly is recorded without asking a platform, or refused with the reason."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from careloop.model.event import Event, EventKind
from careloop.model.intent import Conflict, Intent, IntentState
from careloop.model.person import Person
from careloop.model.plan import Look
from careloop.model.record import Record, RecordKind, RecordRef, State
from careloop.model.rules import Budget
from careloop.store import SqlStore, open_store
from careloop.store.installation import this_installation
from careloop.sync.merge import NEVER
from careloop.testing.examples import make_comment, make_record
from tests.unit.commands.conftest import Call

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
INC = RecordRef("servicenow", "incident", "1")
ENG = RecordRef("jira", "10000", "10001")
PEOPLE = (
    Person(id="p1", instance="servicenow", native="u1", account="anna", name="Anna Example"),
    Person(
        id="p2",
        instance="servicenow",
        native="u2",
        account="ben",
        name="Ben Fixer",
        groups=frozenset({"desk"}),
    ),
    Person(
        id="p3",
        instance="servicenow",
        native="u3",
        account="clara",
        name="Clara Other",
        groups=frozenset({"net"}),
    ),
)


@pytest.fixture
def store(folder: Path) -> Callable[[], SqlStore]:
    """Return a function that opens the store, which holds a resolved incident and an issue."""
    place = str(folder / "careloop.db")

    def opened() -> SqlStore:
        return open_store(place, installation=this_installation(place))

    filled = opened()
    filled.save_people(PEOPLE)
    filled.save_records([an_incident(), an_issue()])
    filled.put_in_problem([(INC, str(INC)), (ENG, str(ENG))])
    moved = {"from": "in_progress", "to": "resolved"}
    resolved = Event(
        kind=EventKind.STATE_CHANGED, record=INC, occurred_at=MONDAY, source_key="resolved", data=moved
    )
    filled.append([resolved], MONDAY)
    filled.close()
    return opened


def an_incident() -> Record:
    return make_record(
        INC, number="INC0010001", title="The printer is silent", state=State.RESOLVED, native_state="6",
        requester="p1", assignee="p2", resolver="p2", group="desk", resolved_at=MONDAY,
    )  # fmt: skip


def an_issue() -> Record:
    return make_record(ENG, number="ENG-1", container="ENG", kind=RecordKind.ISSUE, title="Printer")


def entered(store: Callable[[], SqlStore], kind: EventKind) -> list[Event]:
    opened = store()
    found = opened.events_on([INC, ENG], [kind])
    opened.close()
    return [event for events in found.values() for event in events]


# --- answer ---


def test_an_answer_is_recorded_with_words_and_what_follows_is_said(
    call: Call, store: Callable[[], SqlStore]
) -> None:
    done = call("answer", "inc0010001", "no", "--by", "anna", "--text", "Still silent.")

    assert done.code == 0
    assert done.out.startswith("INC0010001: Anna Example says no; ")
    (event,) = entered(store, EventKind.ANSWERED)
    assert (event.actor, event.text) == ("p1", "Still silent.")
    assert event.data == {"verdict": "no", "via": "command", "attested": False}


def test_an_answer_by_phone_is_attested(call: Call, store: Callable[[], SqlStore]) -> None:
    assert call("answer", "INC0010001", "yes", "--by", "clara", "--phone").code == 0

    assert entered(store, EventKind.ANSWERED)[0].data["attested"] is True
    assert orjson.loads(call("explain", "INC0010001", "-f", "json").out)["basis"] == "attested"


def test_the_same_answer_may_be_given_twice(call: Call, store: Callable[[], SqlStore]) -> None:
    for _ in range(2):
        assert call("answer", "INC0010001", "unclear", "--by", "anna").code == 0

    assert len(entered(store, EventKind.ANSWERED)) == 2


def test_who_may_not_judge_hears_what_to_do_instead(call: Call, store: Callable[[], SqlStore]) -> None:
    done = call("answer", "INC0010001", "no", "--by", "ben")

    assert (
        "says no; Ben Fixer may not judge it, so a person has to decide what it means; with --phone"
        in done.out
    )


def test_of_two_answers_of_one_moment_the_later_one_counts(call: Call, store: Callable[[], SqlStore]) -> None:
    for _ in range(12):
        call("answer", "INC0010001", "unclear", "--by", "anna")
        call("answer", "INC0010001", "no", "--by", "anna")
        call("answer", "INC0010001", "yes", "--by", "anna")

        assert orjson.loads(call("explain", "INC0010001", "-f", "json").out)["basis"] == "confirmed"


def test_where_nothing_is_proposed_there_is_nothing_to_answer(
    call: Call, store: Callable[[], SqlStore]
) -> None:
    done = call("answer", "ENG-1", "yes", "--by", "anna")

    assert (done.code, entered(store, EventKind.ANSWERED)) == (1, [])
    assert "ENG-1: nothing is proposed as solved" in done.err


def test_an_unknown_person_is_refused_with_what_to_do(call: Call, store: Callable[[], SqlStore]) -> None:
    done = call("answer", "INC0010001", "yes", "--by", "Anna Example")

    assert (done.code, entered(store, EventKind.ANSWERED)) == (1, [])
    assert "write the user name, e-mail address or account id" in done.err


# --- override ---


def test_an_override_needs_only_a_reason_where_it_favours_the_customer(
    call: Call, store: Callable[[], SqlStore]
) -> None:
    assert call("override", "INC0010001", "keep_open", "--reason", "travels").code == 0

    assert "INC0010001 The printer is silent: keep open: travels" in call("override", "list").out
    assert entered(store, EventKind.OVERRIDDEN)[0].text == "travels"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ([], "needs an end date"),
        (["--until", "2099-01-01"], "needs the approval of a second person"),
        (["--until", "2099-01-01", "--by", "ben", "--granted-by", "ben"], "a second person"),
        (["--until", "2099-01-01", "--granted-by", "clara"], "see --by"),
    ],
)
def test_what_ends_care_needs_an_end_date_and_a_second_person(
    call: Call, store: Callable[[], SqlStore], more: list[str], says: str
) -> None:
    done = call("override", "INC0010001", "close", "--reason", "no contract", *more)

    assert (done.code, entered(store, EventKind.OVERRIDDEN)) == (1, [])
    assert says in done.err


def test_what_ends_care_is_recorded_with_both_people(call: Call, store: Callable[[], SqlStore]) -> None:
    both = ["--by", "ben", "--granted-by", "clara", "--until", "2099-01-01"]
    assert call("override", "INC0010001", "close", "--reason", "no contract", *both).code == 0

    (shown,) = orjson.loads(call("override", "list", "INC0010001", "--format", "json").out)
    assert (shown["by"], shown["granted_by"], shown["until"][:10]) == (
        "Ben Fixer",
        "Clara Other",
        "2099-01-01",
    )


def test_a_revoked_override_no_longer_holds(call: Call, store: Callable[[], SqlStore]) -> None:
    call("override", "INC0010001", "keep_open", "--reason", "travels")
    assert call("override", "revoke", "INC0010001", "keep_open", "--reason", "is back").code == 0

    assert call("override", "list").out == "no override holds\n"
    assert call("override", "revoke", "INC0010001", "keep_open", "--reason", "again").code == 1


# --- deferral ---


def test_what_was_put_off_is_listed_with_owner_promised_to_and_date(
    call: Call, store: Callable[[], SqlStore]
) -> None:
    people = ["--owner", "ben", "--promised-to", "anna"]
    more = ["--until", "2026-12-24", "--reason", "budget", "--benefit", "quiet", "--cost", "two days"]
    assert call("deferral", "add", "INC0010001", *people, *more).code == 0
    store_again(store)

    (item,) = orjson.loads(call("deferral", "list", "--format", "json").out)
    assert (item["owner"], item["promised_to"], item["revisit_on"]) == (
        "Ben Fixer",
        "Anna Example",
        "2026-12-24",
    )
    assert (item["benefit"], item["cost"]) == ("quiet", "two days")


@pytest.mark.usefixtures("store")
def test_somebody_whom_no_record_names_cannot_be_looked_up_where_nobody_answers(call: Call) -> None:
    people = ["--owner", "ghost", "--promised-to", "anna", "--until", "2026-12-24", "--reason", "budget"]
    done = call("deferral", "add", "INC0010001", *people)

    assert done.code == 1
    assert "ghost: no record that was read names anybody like this" in done.err
    assert "could not be asked: " in done.err
    assert done.err.count("\n") == 1


def store_again(store: Callable[[], SqlStore]) -> None:
    """Have every problem looked at, as a run does."""
    opened = store()
    opened.save_looks(Look(problem=str(ref), due_at=None, seen_event=99, rules_hash="") for ref in (INC, ENG))
    opened.close()


def test_a_decision_is_recorded_with_its_reason_and_takes_the_item_off_the_list(
    call: Call, store: Callable[[], SqlStore]
) -> None:
    people = ["--owner", "ben", "--promised-to", "anna", "--until", "2026-12-24", "--reason", "budget"]
    call("deferral", "add", "INC0010001", *people)
    assert call("deferral", "decide", "INC0010001", "keep", "--reason", "later").code == 1
    assert (
        call("deferral", "decide", "INC0010001", "keep", "--reason", "later", "--until", "2027-01-31").code
        == 0
    )
    assert "until 2027-01-31, put off again 1 time" in call("deferral", "list", "INC0010001").out
    assert call("deferral", "decide", "INC0010001", "drop", "--reason", "sold").code == 0

    assert [event.get("action") for event in entered(store, EventKind.DEFERRED)] == ["defer", "keep", "drop"]
    assert call("deferral", "list", "INC0010001").out == "nothing is put off\n"
    assert call("deferral", "decide", "INC0010001", "do", "--reason", "x").code == 1


# --- link ---


def test_two_records_are_paired_by_hand_and_become_one_problem(
    call: Call, store: Callable[[], SqlStore]
) -> None:
    done = call("link", "ENG-1", "INC0010001", "--by", "ben")

    assert done.code == 0
    opened = store()
    (pair,) = opened.pairs_of([INC])
    assert (pair.left, pair.right, pair.rule) == (INC, ENG, "incident-ENG")
    assert len(set(opened.problems_of([INC, ENG]).values())) == 1
    opened.close()


def test_records_that_no_rule_ties_are_not_paired(call: Call, store: Callable[[], SqlStore]) -> None:
    done = call("link", "INC0010001", "INC0010001")

    assert done.code == 1
    assert "no link rule ties these two; add one under sync.links" in done.err


# --- conflicts ---


@pytest.mark.parametrize(("side", "base"), [("left", (NEVER, "B")), ("right", ("A", NEVER))])
def test_keeping_a_side_makes_it_the_one_that_changed(
    call: Call, store: Callable[[], SqlStore], side: str, base: tuple[str, str]
) -> None:
    call("link", "INC0010001", "ENG-1")
    opened = store()
    (pair,) = opened.pairs_of([INC])
    opened.save_conflicts(
        [
            Conflict(
                id="c1",
                pair=pair.id,
                field="short_description",
                left="A",
                right="B",
                base="O",
                found_at=MONDAY,
            )
        ]
    )
    opened.close()
    assert call("conflicts").code == 3

    assert call("conflicts", "keep", "c1", side, "--by", "ben").code == 0
    opened = store()
    held = opened.bases_of(pair.id)["short_description"]
    assert (held.left, held.right) == base
    assert opened.conflicts() == []
    assert opened.conflicts(open_only=False)[0].kept == side
    opened.close()
    assert "kept the short_description" in call("explain", "INC0010001").out


# --- retry ---


@pytest.fixture
def letters(store: Callable[[], SqlStore]) -> list[str]:
    """Leave one write that failed and one that may have arrived; return their keys."""
    opened = store()
    intents = [Intent(change=make_comment(INC, cause), sent_at=MONDAY) for cause in ("failed", "parked")]
    for intent, state in zip(intents, (IntentState.FAILED, IntentState.PARKED), strict=True):
        opened.begin(intent, Budget(), None)
        opened.settle(Intent(change=intent.change, sent_at=MONDAY, state=state, cause=f"it {state}"))
    opened.close()
    return [intent.key for intent in intents]


def test_letters_are_listed_with_their_cause_until_someone_acts(call: Call, letters: list[str]) -> None:
    done = call("retry")

    assert done.code == 3
    assert "it failed" in done.out
    assert "it parked" in done.out
    assert letters[0][:10] in done.out


def test_all_frees_what_failed_but_not_what_may_have_arrived(
    call: Call, store: Callable[[], SqlStore], letters: list[str]
) -> None:
    assert call("retry", "--all").code == 3

    opened = store()
    assert opened.intent_states(letters) == {letters[1]: "parked"}
    opened.close()


def test_a_key_or_its_beginning_names_one_letter(
    call: Call, store: Callable[[], SqlStore], letters: list[str]
) -> None:
    assert call("retry", letters[1][:10]).code == 3
    assert call("retry", letters[0], "--drop").code == 0

    opened = store()
    assert opened.intent_states(letters) == {letters[0]: "dropped"}
    opened.close()


# --- a copied store ---


def test_a_copied_store_is_bound_by_hand(folder: Path, call: Call) -> None:
    place = folder / "careloop.db"
    open_store(place, installation="another machine").close()
    assert call("bind").code == 0

    opened = open_store(place, installation=this_installation(str(place)))
    assert opened.bound
    opened.close()
