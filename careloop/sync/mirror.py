"""Comments across a pair: each one once, and never to more people than it was meant for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from careloop.model.change import AddComment, Purpose, Seen
from careloop.model.comment import Audience
from careloop.model.event import Event, EventKind
from careloop.model.intent import Pair
from careloop.model.mapping import Direction, LinkRule
from careloop.model.person import Person
from careloop.model.record import Record

PUBLIC_PREFIX = "[public]"


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """Comments on their way from `source` to `target`.

    `paired` holds (instance, id) of comments that have their counterpart; `shown` is False where every
    comment on the target is internal.
    """

    rule: LinkRule
    pair: Pair
    source: Record
    target: Record
    shown: bool
    paired: set[tuple[str, str]]
    people: Mapping[str, Person]
    problem: str
    seen: Seen


def mirror_comments(crossing: Crossing, events: Iterable[Event]) -> Iterator[AddComment]:
    """Yield a comment for the target for each one on the source that has no counterpart and is not ours."""
    source, target = crossing.source, crossing.target
    for event in _once(events, crossing):
        audience = Audience(event.get("audience"))
        if not _crosses(crossing.rule, audience, forward=source.ref == crossing.pair.left):
            continue
        yield AddComment(
            subject=target.ref,
            problem=crossing.problem,
            purpose=Purpose.MIRROR,
            cause=f"mirror:{event.source_key}",
            rule="sync",
            reason=f"{source.number} has a {_names(audience)} that {target.number} lacks",
            seen=crossing.seen,
            audience=audience if crossing.shown else Audience.INTERNAL,
            body=_body(event, crossing, audience),
            source=event.get("id"),
            pair=crossing.pair.id,
        )


def _once(events: Iterable[Event], crossing: Crossing) -> Iterator[Event]:
    """Yield each comment of the source that is not ours and has no counterpart yet.

    A platform may come to call a comment by another id, when it lets us read it in another way: what names
    no author is the same comment as the same words to the same audience in the same moment that do.
    """
    source = crossing.source.ref

    def known(event: Event) -> bool:
        return bool(event.get("ours")) or (source.instance, event.get("id")) in crossing.paired

    alike: dict[tuple[datetime, str, str], list[Event]] = {}
    for event in events:
        if event.kind is EventKind.COMMENTED and event.record == source and event.text:
            words = " ".join(event.text.split())
            alike.setdefault((event.occurred_at, event.get("audience"), words), []).append(event)
    for same in alike.values():
        signed = [event for event in same if event.actor is not None] or same[:1]
        told = any(known(event) for event in same if event not in signed)
        left = [event for event in signed if not known(event)]
        yield from left[1:] if told else left


def _crosses(rule: LinkRule, audience: Audience, *, forward: bool) -> bool:
    direction = rule.comments.public if audience is Audience.PUBLIC else rule.comments.internal
    return direction in (Direction.BOTH, Direction.FORWARD if forward else Direction.BACKWARD)


def _names(audience: Audience) -> str:
    return "comment" if audience is Audience.PUBLIC else "work note"


def _body(event: Event, crossing: Crossing, audience: Audience) -> str:
    """Name author, place and time in a heading; where all is internal, say who sees the original."""
    text = (event.text or "").strip()
    if audience is Audience.PUBLIC and text.lower().startswith(PUBLIC_PREFIX):
        text = text[len(PUBLIC_PREFIX) :].strip()
    person = crossing.people.get(event.actor or "")
    author = person.name if person and person.name else "Someone"
    when = event.occurred_at.strftime("%Y-%m-%d %H:%M UTC")
    seen_by = {Audience.PUBLIC: ", seen by the customer", Audience.INTERNAL: ", internal"}[audience]
    return f"{author} wrote on {crossing.source.number}, {when}{'' if crossing.shown else seen_by}:\n{text}"
