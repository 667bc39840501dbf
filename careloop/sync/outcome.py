"""What a finished write leaves in the store: state, journal entries, pairs and bases, in one transaction."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from careloop.model.change import AddComment, AnyChange, BaseValue, Contact, Create, Transition, Update
from careloop.model.event import Event, EventKind, Plain
from careloop.model.intent import Intent, IntentState, Pair, Receipt
from careloop.model.mapping import LinkRule
from careloop.model.record import Record, RecordRef
from careloop.ports import Store
from careloop.sync.link import SUCCESSION, join, make_pair
from careloop.sync.pairs import STATE
from careloop.sync.terms import Terms


def record_done(store: Store, terms: Terms, intent: Intent, receipt: Receipt, now: datetime) -> bool:
    """Settle a write that happened; return False for one that waits as a letter, not taken over as sent.

    A new record is there even if a value of it was not taken over: it is never made again. What is missing on
    it has no base, so that the next merge asks for it as a change of its own.
    """
    if receipt.refused and not isinstance(intent.change, Create):
        taken = ", ".join(f"{name} holds {value!r}" for name, value in sorted(receipt.refused.items()))
        record_failed(store, intent, f"refused by the platform: {taken}", now, receipt)
        return False
    with store.transaction():
        if receipt.record is not None:
            store.save_records([receipt.record])
        store.settle(replace(intent, state=IntentState.DONE, native_id=receipt.native_id, cause=""))
        store.append(_done_events(intent.change, receipt, intent.sent_at), now)
        _keep_pair(store, terms, intent.change, receipt, now)
    return True


def record_failed(
    store: Store, intent: Intent, cause: str, now: datetime, receipt: Receipt | None = None
) -> None:
    """Let a change wait as a letter with its cause in plain words."""
    with store.transaction():
        if receipt is not None and receipt.record is not None:
            store.save_records([receipt.record])
        versions = versions_of(store, intent.change)
        store.settle(replace(intent, state=IntentState.FAILED, cause=cause, versions=versions))
        store.append([_refused_event(intent, cause, now)], now)


def record_parked(store: Store, intent: Intent, cause: str, now: datetime) -> None:
    """Leave a write whose fate cannot be known to a person; it is never sent again by itself."""
    with store.transaction():
        store.settle(replace(intent, state=IntentState.PARKED, cause=cause))
        store.append([_refused_event(intent, cause, now)], now)
        if isinstance(intent.change, Contact):
            store.append(contact_events(intent.change, intent.sent_at, delivered=False), now)


def versions_of(store: Store, change: AnyChange) -> str:
    """Return what the records of a change's problem look like, as one text."""
    records = store.records_of([change.problem]).get(change.problem, [])
    return ";".join(sorted(f"{record.ref}@{record.version}" for record in records))


def _done_events(change: AnyChange, receipt: Receipt, at: datetime) -> list[Event]:
    if isinstance(change, Contact):
        return contact_events(change, at, delivered=True)
    data: dict[str, Plain] = {
        "kind": change.kind,
        "purpose": change.purpose.value,
        "key": change.key,
        "cause": change.cause,
        "rule": change.rule,
        "native_id": receipt.native_id,
    }
    if isinstance(change, Transition):
        data |= {"to": change.state.value}
    return [
        Event(
            kind=EventKind.APPLIED,
            record=change.subject,
            occurred_at=at,
            source_key=f"done:{change.key}",
            data=data,
            text=change.reason,
        )
    ]


def contact_events(contact: Contact, at: datetime, *, delivered: bool) -> list[Event]:
    """Return one entry for each matter a contact speaks of.

    One whose fate is unknown counts as sent, not as delivered.
    """
    return [
        Event(
            kind=EventKind.CONTACTED,
            record=matter.record,
            occurred_at=at,
            source_key=f"done:{contact.key}:{matter.record}:{matter.cause}",
            data={
                "purpose": matter.purpose.value,
                "cause": matter.cause,
                "rule": contact.rule,
                "key": contact.key,
                "person": contact.person,
                "channel": contact.channel,
                "counted": contact.counted,
                "delivered": delivered,
            },
            text=contact.message,
        )
        for matter in contact.covers
    ]


def _refused_event(intent: Intent, cause: str, now: datetime) -> Event:
    change = intent.change
    return Event(
        kind=EventKind.REFUSED,
        record=change.subject,
        occurred_at=now,
        source_key=f"refused:{change.key}:{intent.attempt}:{now.isoformat()}",
        data={"kind": change.kind, "purpose": change.purpose.value, "key": change.key, "rule": change.rule},
        text=cause,
    )


def _keep_pair(store: Store, terms: Terms, change: AnyChange, receipt: Receipt, now: datetime) -> None:
    """Keep what the write means for the pair it belongs to."""
    match change:
        case Create() if receipt.record is not None:
            made = receipt.record
            pair = make_pair(change.link or SUCCESSION, change.subject, made.ref)
            join(store, pair, now)
            rule = _rule(terms, change.link)
            if rule is not None:
                taken = [base for base in change.bases if _right_name(rule, base) not in receipt.refused]
                store.save_bases(pair.id, _after(taken, made, rule, rightward=True))
        case Update() | Transition() if change.pair and receipt.record is not None:
            pair, rule = _pair_of(store, terms, change.subject, change.pair)
            if rule is not None:
                rightward = pair.right == change.subject
                store.save_bases(pair.id, _after(change.bases, receipt.record, rule, rightward=rightward))
        case AddComment() if change.pair and change.source:
            pair, _ = _pair_of(store, terms, change.subject, change.pair)
            store.save_comment_pair(
                change.subject.instance, receipt.native_id, pair.id, change.source, change.audience.value
            )
        case _:
            pass


def _right_name(rule: LinkRule, base: BaseValue) -> str:
    return next((field.right for field in rule.fields if field.left == base.field), base.field)


def _after(bases: Iterable[BaseValue], held: Record, rule: LinkRule, *, rightward: bool) -> list[BaseValue]:
    """Return the bases with the written side as the platform holds it now."""
    names = {field.left: field.right for field in rule.fields}
    agreed: list[BaseValue] = []
    for base in bases:
        if base.field == STATE:
            value = held.native_state
        else:
            value = held.fields.get(names.get(base.field, "") if rightward else base.field, "")
        agreed.append(replace(base, right=value) if rightward else replace(base, left=value))
    return agreed


def _rule(terms: Terms, name: str) -> LinkRule | None:
    return next((rule for rule in terms.links if rule.name == name), None)


def _pair_of(store: Store, terms: Terms, subject: RecordRef, id: str) -> tuple[Pair, LinkRule | None]:
    pair = next(pair for pair in store.pairs_of([subject]) if pair.id == id)
    return pair, _rule(terms, pair.rule)
