"""Every comment crosses once, and never to more people than it was meant for."""

from dataclasses import replace
from pathlib import Path

import pytest

from careloop.model.change import AddComment, Seen
from careloop.model.comment import Audience, Comment
from careloop.model.mapping import CommentRule, Direction
from careloop.model.mark import find_mark
from careloop.sync.facts import said as tell
from careloop.sync.link import make_pair
from careloop.sync.mirror import Crossing, mirror_comments
from careloop.testing.examples import MONDAY, incident, issue, issue_dialect, make_record
from careloop.testing.fake_connector import Fault
from tests.unit.sync.office import LINK, Office
from tests.unit.sync.wishes import make_person

PUBLIC, INTERNAL = Audience.PUBLIC, Audience.INTERNAL


def desk_office(folder: Path, *, service_desk: bool, rule: CommentRule | None = None) -> Office:
    """Return an office whose Jira project has a service desk, or none."""
    office = Office(folder, link=replace(LINK, comments=rule or CommentRule()))
    dialect = issue_dialect(public_comments=service_desk)
    office.jira.dialects = {"ENG": dialect}
    office.change_terms(dialects={**office.terms.dialects, ("jira", "ENG"): dialect})
    return office


def mirrored(comments: list[Comment], text: str = "Hello") -> list[Comment]:
    return [comment for comment in comments if text in comment.body and find_mark(comment.body)]


def cross(
    text: str, audience: Audience, rule: CommentRule, *, forward: bool, shown: bool = True, key: str = ""
) -> list[AddComment]:
    """Return what becomes of one comment that stands on one side of a pair."""
    left = make_record(incident("1"))
    right = make_record(issue("1"), number="ENG-1")
    source, target = (left, right) if forward else (right, left)
    comment = Comment(
        id="7", record=source.ref, at=MONDAY, author="p1", audience=audience, body=text, key=key
    )
    crossing = Crossing(
        rule=replace(LINK, comments=rule),
        pair=make_pair(LINK.name, left.ref, right.ref),
        source=source,
        target=target,
        shown=shown,
        paired=set(),
        people={"p1": make_person("p1", name="Ben Example")},
        problem="p",
        seen=Seen(),
    )
    return list(mirror_comments(crossing, [tell(comment)]))


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("text", ["Hello", "[public] Hello", "[PUBLIC]Hello"])
@pytest.mark.parametrize("public", list(Direction))
@pytest.mark.parametrize("internal", list(Direction))
def test_who_reads_a_comment_on_the_other_side(
    public: Direction, internal: Direction, text: str, audience: Audience, *, shown: bool, forward: bool
) -> None:
    rule = CommentRule(public=public, internal=internal)
    made = cross(text, audience, rule, forward=forward, shown=shown)

    allowed = public if audience is PUBLIC else internal
    crosses = allowed in (Direction.BOTH, Direction.FORWARD if forward else Direction.BACKWARD)
    assert [one.audience for one in made] == ([audience if shown else INTERNAL] if crosses else [])
    assert not [one for one in made if one.body.lower().startswith("[public]")]
    assert not [one for one in made if "[public]" in one.body.lower() and one.audience is PUBLIC]


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("forward", [True, False])
def test_our_own_words_and_erased_ones_stay_where_they_are(audience: Audience, *, forward: bool) -> None:
    both = CommentRule()

    assert cross("Hello", audience, both, forward=forward, key="0123456789") == []
    assert cross("", audience, both, forward=forward) == []


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("service_desk", [True, False])
def test_the_platforms_show_a_comment_to_whom_it_was_meant_for(
    tmp_path: Path, audience: Audience, *, service_desk: bool, forward: bool
) -> None:
    office = desk_office(tmp_path, service_desk=service_desk)
    left, right = office.linked()
    if forward:
        office.servicenow.say(left, "Hello", audience, by="ben")
    else:
        office.jira.say(right, "Hello", audience, by="ines")
    office.settle()
    office.store.close()

    [there] = mirrored(office.jira.comments(right) if forward else office.servicenow.comments(left))
    assert there.audience is (audience if service_desk else INTERNAL)


@pytest.mark.parametrize(
    ("audience", "says"), [(PUBLIC, ", seen by the customer:"), (INTERNAL, ", internal:")]
)
def test_where_all_is_internal_a_heading_says_who_reads_the_original(
    office: Office, audience: Audience, says: str
) -> None:
    left, right = office.linked()
    office.servicenow.say(left, "Hello", audience, by="ben")
    office.settle()

    [there] = mirrored(office.jira.comments(right))
    assert there.body.splitlines()[:2] == [
        f"Ben wrote on INCIDENT-1, 2026-03-02 10:30 UTC{says}",
        "Hello",
    ]


def test_where_both_sides_know_the_difference_the_heading_names_author_and_time(tmp_path: Path) -> None:
    office = desk_office(tmp_path, service_desk=True)
    left, right = office.linked()
    office.jira.say(right, "[public] Hello", by="ines")
    office.settle()
    office.store.close()

    [there] = mirrored(office.servicenow.comments(left))
    assert there.body.splitlines()[:2] == ["Ines wrote on ENG-1, 2026-03-02 10:30 UTC:", "Hello"]


def test_what_starts_with_public_inside_an_internal_note_stays_internal(office: Office) -> None:
    left, right = office.linked()
    office.servicenow.say(left, "[public] Hello", INTERNAL, by="ben")
    office.jira.say(right, "Hello too", INTERNAL, by="ines")
    office.settle()

    both = [*office.jira.comments(right), *office.servicenow.comments(left)]
    assert {comment.audience for comment in both} == {INTERNAL}
    assert "[public] Hello" in mirrored(office.jira.comments(right))[0].body


def test_what_we_wrote_ourselves_is_never_mirrored(office: Office) -> None:
    left, right = office.linked()
    office.jira.move(right, "Done")
    office.servicenow.say(left, "Hello")
    office.settle()
    office.cycle()

    assert len(office.servicenow.comments(left)) == 2  # the customer's, and our note that it is done
    assert len(office.jira.comments(right)) == 1  # the customer's words


def test_what_was_said_before_the_link_crosses_once_in_order(office: Office) -> None:
    left = office.hand_over()
    texts = [f"Hello {n}" for n in range(6)]
    for text in texts:
        office.servicenow.say(left, text)
        office.clock.wait(minutes=1)
    office.settle()
    office.cycle()

    [pair] = office.store.pairs_of([left])
    bodies = [comment.body.splitlines()[1] for comment in office.jira.comments(pair.right)]
    assert bodies == texts


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.RATE_LIMITED])
def test_a_comment_crosses_once_whatever_goes_wrong(office: Office, fault: Fault) -> None:
    left, right = office.linked()
    office.servicenow.say(left, "Hello")
    office.jira.fail(fault)
    office.settle()

    assert len(mirrored(office.jira.comments(right))) == 1


def test_the_same_words_said_twice_in_one_moment_cross_twice(office: Office) -> None:
    left, right = office.linked()
    for _ in range(2):
        office.servicenow.say(left, "Hello?")
    office.settle()

    assert len(mirrored(office.jira.comments(right))) == 2


@pytest.mark.parametrize("paired", [set(), {("servicenow", "shown-1")}, {("servicenow", "9f")}])
def test_a_comment_that_is_called_by_another_id_since_we_may_read_more_crosses_once(
    paired: set[tuple[str, str]],
) -> None:
    """Journal entries have no id of their own as long as only their display can be read."""
    left, right = make_record(incident("1")), make_record(issue("1"), number="ENG-1")
    shown = Comment(
        id="shown-1", record=left.ref, at=MONDAY, author=None, audience=PUBLIC, body="Hello,\nworld"
    )
    read = replace(shown, id="9f", author="p1", body="Hello,\r\nworld")
    crossing = Crossing(
        rule=LINK,
        pair=make_pair(LINK.name, left.ref, right.ref),
        source=left,
        target=right,
        shown=True,
        paired=paired,
        people={},
        problem="p",
        seen=Seen(),
    )
    assert len(list(mirror_comments(crossing, [tell(read), tell(shown)]))) == (0 if paired else 1)
