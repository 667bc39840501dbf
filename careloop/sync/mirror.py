"""Comments across a pair: each one once, and never to more people than it was meant for."""

from collections.abc import Iterator, Mapping, Sequence

from careloop.model.change import AddComment, Purpose, Seen
from careloop.model.comment import Audience
from careloop.model.dialect import Dialect
from careloop.model.event import Event, EventKind
from careloop.model.intent import Pair
from careloop.model.mapping import Direction, LinkRule
from careloop.model.person import Person
from careloop.model.record import Record

PUBLIC_PREFIX = "[public]"


def mirror_comments(
    *,
    rule: LinkRule,
    pair: Pair,
    source: Record,
    target: Record,
    target_dialect: Dialect,
    events: Sequence[Event],
    paired: set[tuple[str, str]],
    people: Mapping[str, Person],
    problem: str,
    seen: Seen,
) -> Iterator[AddComment]:
    """Yield a comment on `target` for each comment on `source` that has no counterpart and is not our own."""
    forward = source.ref == pair.left
    for event in events:
        if event.kind is not EventKind.COMMENTED or event.record != source.ref or event.get("ours"):
            continue
        if (source.ref.instance, event.get("id")) in paired or not event.text:
            continue
        audience = Audience(event.get("audience"))
        if not _crosses(rule, audience, forward=forward):
            continue
        person = people.get(event.actor or "")
        yield AddComment(
            subject=target.ref,
            problem=problem,
            purpose=Purpose.MIRROR,
            cause=f"mirror:{event.source_key}",
            rule="sync",
            reason=f"{source.number} has a {_names(audience)} that {target.number} lacks",
            seen=seen,
            audience=audience if target_dialect.public_comments else Audience.INTERNAL,
            body=_body(event, source, person, audience, shown=target_dialect.public_comments),
            source=event.get("id"),
            pair=pair.id,
        )


def _crosses(rule: LinkRule, audience: Audience, *, forward: bool) -> bool:
    direction = rule.comments.public if audience is Audience.PUBLIC else rule.comments.internal
    return direction in (Direction.BOTH, Direction.FORWARD if forward else Direction.BACKWARD)


def _names(audience: Audience) -> str:
    return "comment" if audience is Audience.PUBLIC else "work note"


def _body(event: Event, source: Record, person: Person | None, audience: Audience, *, shown: bool) -> str:
    """Name author, place and time in a heading; where every comment is internal, say whether the customer sees this one."""
    text = (event.text or "").strip()
    if text.lower().startswith(PUBLIC_PREFIX):
        text = text[len(PUBLIC_PREFIX) :].strip()
    author = person.name if person and person.name else "someone"
    when = event.occurred_at.strftime("%Y-%m-%d %H:%M UTC")
    seen_by = "" if shown else (", seen by the customer" if audience is Audience.PUBLIC else ", internal")
    return f"{author} wrote on {source.number}, {when}{seen_by}:\n{text}"
