"""Any value of the model, for tests of what holds for all of them."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from careloop.model.change import (
    AddComment,
    AnyChange,
    BaseValue,
    Contact,
    Create,
    Link,
    Matter,
    Purpose,
    Seen,
    Transition,
    Update,
)
from careloop.model.comment import Audience
from careloop.model.decision import Finding
from careloop.model.intent import Conflict
from careloop.model.plan import Agreed, Counted, Held, Look, Plan
from careloop.model.record import RecordRef, State

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
names = st.text("abcdef0123456789_", min_size=1, max_size=8)
moments = st.integers(0, 2 * 10**15).map(
    lambda n: datetime.fromtimestamp(n // 10**6, UTC) + timedelta(microseconds=n % 10**6)
)
refs = st.builds(RecordRef, names, names, names)
fields = st.dictionaries(names, words, max_size=3)
bases = st.lists(st.builds(BaseValue, field=names, left=words, right=words), max_size=2).map(tuple)
common = {
    "subject": refs,
    "problem": names,
    "purpose": st.sampled_from(Purpose),
    "cause": words,
    "rule": names,
    "reason": words,
    "seen": st.builds(Seen, words, st.integers(0, 999)),
}
changes: st.SearchStrategy[AnyChange] = st.one_of(
    st.builds(Create, **common, instance=names, container=names, fields=fields, link=names, bases=bases),
    st.builds(Update, **common, fields=fields, pair=names, bases=bases),
    st.builds(
        Transition,
        **common,
        state=st.sampled_from(State),
        native=words,
        fields=fields,
        note=words,
        message=words,
        pair=names,
        bases=bases,
    ),
    st.builds(AddComment, **common, audience=st.sampled_from(Audience), body=words, source=words, pair=names),
    st.builds(Link, **common, target=refs, title=words, url=words),
    st.builds(
        Contact,
        **common,
        person=names,
        channel=names,
        message=words,
        covers=st.lists(
            st.builds(Matter, names, words, refs, st.sampled_from(Purpose)), min_size=1, max_size=2
        ).map(tuple),
        not_before=moments,
        not_after=moments,
        counted=st.booleans(),
    ),
)
findings = st.builds(
    Finding,
    record=refs,
    rule=names,
    what=names,
    cause=words,
    reason=words,
    content=words,
    waits=st.booleans(),
    history=st.booleans(),
)
held = st.builds(
    Held,
    record=refs,
    purpose=st.sampled_from(Purpose),
    cause=words,
    rule=names,
    why=words,
    until=st.none() | moments,
)
looks = st.builds(
    Look,
    problem=names,
    due_at=st.none() | moments,
    seen_event=st.integers(-1, 999),
    rules_hash=names,
    state=names,
    basis=names,
    findings=st.lists(findings, max_size=1).map(tuple),
    held=st.lists(held, max_size=1).map(tuple),
)
conflicts = st.builds(
    Conflict, id=names, pair=names, field=names, left=words, right=words, base=words, found_at=moments
)
agreed = st.builds(
    Agreed,
    pair=names,
    base=st.builds(BaseValue, field=names, left=words, right=words),
    after=st.lists(names, max_size=2).map(tuple),
)
plans = st.builds(
    Plan,
    changes=st.lists(changes, max_size=4).map(tuple),
    findings=st.lists(findings, max_size=2).map(tuple),
    held=st.lists(held, max_size=2).map(tuple),
    limits=st.lists(st.builds(Counted, name=words, planned=st.integers(0, 9), allowed=st.integers(0, 9))).map(
        tuple
    ),
    conflicts=st.lists(conflicts, max_size=1).map(tuple),
    settled=st.lists(conflicts, max_size=1).map(tuple),
    agreed=st.lists(agreed, max_size=2).map(tuple),
    looks=st.lists(looks, max_size=2).map(tuple),
)
