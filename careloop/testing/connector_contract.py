"""What every connector promises.

Say how people use your platform without careloop (see `Platform`), derive a test class, and run pytest on it:

    class TestMyConnector(ConnectorContract):
        @pytest.fixture
        def platform(self):
            return MyPlatform()
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest

from careloop.errors import AnswerLost, Refused
from careloop.model.change import AddComment, AnyChange, Create, Purpose, Transition, Update
from careloop.model.comment import Audience
from careloop.model.intent import Intent, Receipt, Verdict, short_reference
from careloop.model.mark import find_mark, sign
from careloop.model.page import Page, Scope, Snapshot
from careloop.model.person import PersonKind
from careloop.model.record import RecordRef, State
from careloop.ports import Clock, Connector

ELSEWHERE = RecordRef("elsewhere", "incident", "1")
"""The record that demands a new one."""

TOLD: dict[str, Any] = {
    "problem": "p",
    "purpose": Purpose.SYNC,
    "cause": "test",
    "rule": "example",
    "reason": "to see it done",
}


class Platform(Protocol):
    """A platform with a connector to it, and the people who work there without careloop.

    `scope` names a container whose records hold their title in the field `title`. `target` is a state that
    a fresh record can be brought to, in common words and as the platform writes it. `names` lists the ids,
    user names and addresses of everyone there.
    """

    @property
    def connector(self) -> Connector: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def title(self) -> str: ...
    @property
    def target(self) -> tuple[State, str]: ...
    @property
    def names(self) -> Collection[str]: ...

    def open_record(self, title: str) -> RecordRef:
        """Have somebody open a record."""

    def rename(self, ref: RecordRef, title: str) -> None:
        """Have somebody change a record's title."""

    def comment(self, ref: RecordRef, text: str, audience: Audience) -> None:
        """Have somebody write a comment or work note."""

    def make_create(self, title: str) -> Create:
        """Return a change that makes a new record in the container, demanded by ELSEWHERE."""

    def refuse_writes(self) -> None:
        """Have the platform refuse everything that careloop writes from now on."""

    def lose_answer(self, after: int) -> None:
        """Have one write of careloop carried out and its answer lost, once `after` others have gone well."""


def make_update(platform: Platform, ref: RecordRef) -> Update:
    """Return a change of the title."""
    return Update(subject=ref, fields={platform.title: "Renamed by careloop"}, **TOLD)


def make_transition(platform: Platform, ref: RecordRef) -> Transition:
    """Return a change of the state, with a note."""
    state, native = platform.target
    return Transition(subject=ref, state=state, native=native, note="Moved on.", **TOLD)


def make_comment(
    platform: Platform,
    ref: RecordRef,
    audience: Audience = Audience.INTERNAL,
    body: str = "For your information.",
) -> AddComment:
    """Return a comment."""
    return AddComment(subject=ref, audience=audience, body=body, **TOLD)


def make_create(platform: Platform, ref: RecordRef) -> Create:
    """Return the change that makes a new record; the given one plays no part."""
    return platform.make_create("Made by careloop")


Make = Callable[[Platform, RecordRef], AnyChange]
EVERY_CHANGE = pytest.mark.parametrize("make", [make_create, make_update, make_transition, make_comment])


def walk(platform: Platform, cursor: str = "") -> list[Page]:
    """Return everything that changed since a cursor."""
    return list(platform.connector.changes(platform.scope, cursor))


def snapshots(pages: Iterable[Page]) -> list[Snapshot]:
    return [snapshot for page in pages for snapshot in page.snapshots]


def read(platform: Platform, ref: RecordRef) -> Snapshot:
    """Return a record as it is now."""
    (snapshot,) = platform.connector.fetch([ref], platform.scope).snapshots
    return snapshot


def titles(platform: Platform) -> list[str]:
    return sorted(snapshot.record.fields[platform.title] for snapshot in snapshots(walk(platform)))


def send(platform: Platform, change: AnyChange) -> tuple[Intent, Receipt | None]:
    """Push a change as apply does; the receipt is None when the answer was lost."""
    before = "" if isinstance(change, Create) else read(platform, change.subject).record.version
    intent = Intent(change=change, sent_at=platform.clock.now(), before=before)
    try:
        receipt = platform.connector.push(change)
    except AnswerLost:
        receipt = None
    platform.clock.sleep(platform.connector.settling())
    return intent, receipt


def count(platform: Platform, ref: RecordRef, change: AnyChange) -> int:
    """Return how often a change shows on the platform."""
    if isinstance(change, Create):
        return titles(platform).count(change.fields[platform.title])
    now = read(platform, ref)
    if isinstance(change, Update):
        return int(now.record.title == change.fields[platform.title])
    ours = sum(comment.key == short_reference(change.key) for comment in now.comments)
    arrived = not isinstance(change, Transition) or now.record.native_state == change.native
    return ours if arrived else 0


def moments(snapshot: Snapshot) -> Iterator[datetime]:
    record = snapshot.record
    yield from (value for f in fields(record) if isinstance(value := getattr(record, f.name), datetime))
    yield from (event.occurred_at for event in snapshot.events)
    yield from (comment.at for comment in snapshot.comments)


class ConnectorContract:
    """Promises of `careloop.ports.Connector`; `platform` is the one fixture to override."""

    @pytest.fixture
    def platform(self) -> Platform:
        """Return a platform without records."""
        raise NotImplementedError("override the fixture platform")

    @pytest.fixture
    def ref(self, platform: Platform) -> RecordRef:
        """Return a record that somebody opened a minute ago."""
        ref = platform.open_record("No sound in room 4")
        platform.clock.sleep(60)
        return ref

    # --- reading -------------------------------------------------------------------------------------------

    def test_the_first_walk_brings_every_record_once(self, platform: Platform) -> None:
        opened = [platform.open_record(f"Number {n}") for n in range(7)]

        assert sorted(s.record.ref for s in snapshots(walk(platform))) == sorted(opened)

    def test_going_on_brings_nothing_that_was_not_there_before(
        self, platform: Platform, ref: RecordRef
    ) -> None:
        first = walk(platform)
        again = walk(platform, first[-1].cursor)

        known = {(s.record.ref, s.record.version) for s in snapshots(first)}
        assert {(s.record.ref, s.record.version) for s in snapshots(again)} <= known

    def test_a_person_is_found_by_the_platforms_own_id(self, platform: Platform, ref: RecordRef) -> None:
        people = [person for page in walk(platform) for person in page.people]

        for person in (person for person in people if person.kind is PersonKind.HUMAN):
            assert [found.id for found in platform.connector.find_people(person.native)] == [person.id]
            assert platform.connector.find_people(f"{person.native}x") == ()
        assert platform.connector.find_people("") == ()

    def test_whoever_is_found_is_who_was_asked_for(self, platform: Platform) -> None:
        for name in platform.names:
            found = platform.connector.find_people(name)
            assert len(found) <= 1
            assert all(person.goes_by(name) for person in found if person.email or name == person.native)

    def test_an_edit_is_seen_by_the_next_walk(self, platform: Platform, ref: RecordRef) -> None:
        cursor = walk(platform)[-1].cursor
        platform.clock.sleep(60)
        platform.rename(ref, "No sound in room 5")

        (seen,) = snapshots(walk(platform, cursor))
        assert seen.record.ref == ref
        assert seen.record.fields[platform.title] == seen.record.title == "No sound in room 5"

    def test_a_walk_that_broke_off_goes_on_without_loss(self, platform: Platform) -> None:
        opened = {platform.open_record(f"Number {n}") for n in range(7)}
        first = next(iter(platform.connector.changes(platform.scope, "")))

        rest = walk(platform, first.cursor)
        assert {s.record.ref for s in snapshots([first, *rest])} == opened

    def test_the_same_history_reads_the_same_twice(self, platform: Platform, ref: RecordRef) -> None:
        send(platform, make_transition(platform, ref))

        once, twice = read(platform, ref), read(platform, ref)
        assert once.events == twice.events
        assert len({event.source_key for event in once.events}) == len(once.events)

    def test_a_walk_and_a_fetch_agree_on_a_record(self, platform: Platform, ref: RecordRef) -> None:
        (walked,) = snapshots(walk(platform))

        assert read(platform, ref) == walked

    def test_what_is_not_there_is_missing_from_a_fetch(self, platform: Platform, ref: RecordRef) -> None:
        gone = RecordRef(ref.instance, ref.table, "f" * 32)
        page = platform.connector.fetch([ref, gone], platform.scope)

        assert [snapshot.record.ref for snapshot in page.snapshots] == [ref]

    def test_every_time_is_aware_and_in_utc(self, platform: Platform, ref: RecordRef) -> None:
        platform.comment(ref, "Still nothing.", Audience.INTERNAL)
        send(platform, make_transition(platform, ref))

        offsets = {moment.utcoffset() for moment in moments(read(platform, ref))}
        assert offsets == {timedelta(0)}
        assert platform.connector.read_clock().utcoffset() == timedelta(0)

    def test_persons_are_pseudonyms_wherever_something_is_counted(
        self, platform: Platform, ref: RecordRef
    ) -> None:
        platform.comment(ref, "Still nothing.", Audience.INTERNAL)
        send(platform, make_transition(platform, ref))
        page = platform.connector.fetch([ref], platform.scope)

        (snapshot,) = page.snapshots
        said = repr([(event.actor, event.data) for event in snapshot.events])
        said += repr([comment.author for comment in snapshot.comments])
        assert not [name for name in platform.names if name in said]
        assert {comment.author for comment in snapshot.comments} <= {person.id for person in page.people}

    # --- writing -------------------------------------------------------------------------------------------

    @EVERY_CHANGE
    def test_what_was_pushed_is_read_back_and_found_by_a_probe(
        self, platform: Platform, ref: RecordRef, make: Make
    ) -> None:
        intent, receipt = send(platform, make(platform, ref))

        assert receipt is not None
        assert receipt.record is not None
        assert receipt.refused == {}
        probe = platform.connector.probe(intent)
        assert probe.verdict is Verdict.HAPPENED
        assert probe.receipt is not None
        assert probe.receipt.native_id == receipt.native_id

    @EVERY_CHANGE
    def test_a_lost_answer_says_so_and_a_probe_finds_the_write(
        self, platform: Platform, ref: RecordRef, make: Make
    ) -> None:
        change = make(platform, ref)
        platform.lose_answer(0)
        intent, receipt = send(platform, change)

        assert receipt is None
        probe = platform.connector.probe(intent)
        if probe.verdict is Verdict.HAPPENED:
            assert probe.receipt is not None
            assert probe.receipt.record is not None
        else:  # the first of several writes
            assert isinstance(change, Transition)
            assert probe.verdict in (Verdict.ABSENT, Verdict.OVERTAKEN)

    @EVERY_CHANGE
    @pytest.mark.parametrize("after", [0, 1])
    def test_sent_again_where_the_probe_says_so_it_is_there_once(
        self, platform: Platform, ref: RecordRef, make: Make, after: int
    ) -> None:
        change = make(platform, ref)
        platform.lose_answer(after)
        intent, receipt = send(platform, change)
        if receipt is None and platform.connector.probe(intent).verdict is not Verdict.HAPPENED:
            send(platform, change)

        assert count(platform, ref, change) == 1

    @EVERY_CHANGE
    def test_a_write_that_never_arrived_is_not_taken_for_one_that_did(
        self, platform: Platform, ref: RecordRef, make: Make
    ) -> None:
        intent = Intent(
            change=make(platform, ref),
            sent_at=platform.clock.now(),
            before=read(platform, ref).record.version,
            looks=2,
        )
        platform.clock.sleep(platform.connector.settling())

        assert platform.connector.probe(intent).verdict is Verdict.ABSENT

    @EVERY_CHANGE
    def test_a_refused_write_says_so_and_leaves_nothing_behind(
        self, platform: Platform, ref: RecordRef, make: Make
    ) -> None:
        change = make(platform, ref)
        before, all_before = read(platform, ref), titles(platform)
        platform.refuse_writes()

        with pytest.raises(Refused):
            platform.connector.push(change)
        assert read(platform, ref) == before
        assert titles(platform) == all_before

    def test_a_read_back_holds_everything_that_a_walk_would_bring(
        self, platform: Platform, ref: RecordRef
    ) -> None:
        walk(platform)
        _, receipt = send(platform, make_comment(platform, ref))

        assert receipt is not None
        assert receipt.record == read(platform, ref).record

    # --- words ---------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("audience", list(Audience))
    def test_a_comment_is_read_by_whom_it_was_meant_for(
        self, platform: Platform, ref: RecordRef, audience: Audience
    ) -> None:
        send(platform, make_comment(platform, ref, audience))

        (comment,) = read(platform, ref).comments
        assert comment.audience is audience

    def test_a_note_on_a_move_stays_internal(self, platform: Platform, ref: RecordRef) -> None:
        send(platform, make_transition(platform, ref))

        (comment,) = read(platform, ref).comments
        assert comment.audience is Audience.INTERNAL

    def test_our_words_carry_their_mark_and_are_known_as_ours(
        self, platform: Platform, ref: RecordRef
    ) -> None:
        change = make_comment(platform, ref, body="Über & <b>tags</b>\nin two lines")
        send(platform, change)

        (comment,) = read(platform, ref).comments
        assert find_mark(comment.body) == comment.key == short_reference(change.key)
        assert "Über & <b>tags</b>\nin two lines" in comment.body.replace("\r\n", "\n")

    @pytest.mark.parametrize("audience", list(Audience))
    def test_the_words_of_others_are_theirs_even_when_they_quote_us(
        self, platform: Platform, ref: RecordRef, audience: Audience
    ) -> None:
        platform.comment(ref, sign("You wrote:", "a" * 32), audience)

        (comment,) = read(platform, ref).comments
        assert comment.key == ""
        assert comment.audience is audience
