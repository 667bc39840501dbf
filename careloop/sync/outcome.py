"""What a finished write leaves in the store: state, journal entries, pairs and bases, in one transaction."""

from dataclasses import replace
from datetime import datetime

from careloop.model.change import AddComment, AnyChange, BaseValue, Contact, Create, Transition, Update
from careloop.model.event import Event, EventKind, Plain
from careloop.model.intent import SUCCESSION, Intent, IntentState, Pair, Receipt
from careloop.ports import Store
from careloop.sync.link import join, make_pair, rule_of
from careloop.sync.pairs import STATE
from careloop.sync.terms import Terms


def record_done(store: Store, terms: Terms, intent: Intent, receipt: Receipt, now: datetime) -> Intent | None:
    """Settle a write that happened; return the intent of one that waits, not taken over as sent.

    A new record is there even if a value of it was not taken over: it is never made again. What is missing on
    it has no base, so that the next merge asks for it as a change of its own. One that nobody can read is no
    part of any problem until a person links it.
    """
    change = intent.change
    if isinstance(change, Create) and receipt.record is None:
        made = f"{change.written_to}: a record with the id {receipt.native_id} was made in {change.container}"
        todo = "let it, run once with --read-again, then tie the two with 'careloop link'"
        cause = f"{made}, but our account cannot read it; {todo}"
        return record_parked(store, replace(intent, native_id=receipt.native_id), cause, now)
    if receipt.refused and not isinstance(change, Create):
        taken = ", ".join(f"{name} holds {value!r}" for name, value in sorted(receipt.refused.items()))
        return record_failed(store, intent, f"refused by the platform: {taken}", now, receipt)
    with store.transaction():
        if receipt.record is not None:
            store.save_records([receipt.record])
        store.settle(replace(intent, state=IntentState.DONE, native_id=receipt.native_id, cause=""))
        store.append(_done_events(change, receipt, intent.sent_at), now)
        _keep_pair(store, terms, change, receipt, now)
    return None


def record_failed(
    store: Store, intent: Intent, cause: str, now: datetime, receipt: Receipt | None = None
) -> Intent:
    """Let a change wait as a letter with its cause in plain words; return it as it is then."""
    with store.transaction():
        if receipt is not None and receipt.record is not None:
            store.save_records([receipt.record])
        versions = versions_of(store, intent.change)
        letter = replace(intent, state=IntentState.FAILED, cause=cause, versions=versions)
        store.settle(letter)
        store.append([_refused_event(intent, cause, now)], now)
    return letter


def record_parked(store: Store, intent: Intent, cause: str, now: datetime) -> Intent:
    """Leave a write whose fate cannot be known to a person; it is never sent again by itself."""
    parked = replace(intent, state=IntentState.PARKED, cause=cause)
    with store.transaction():
        store.settle(parked)
        store.append([_refused_event(intent, cause, now)], now)
        if isinstance(intent.change, Contact):
            store.append(contact_events(intent.change, intent.sent_at, delivered=False), now)
    return parked


def versions_of(store: Store, change: AnyChange) -> str:
    """Return what the records of a change's problem, and the one it is about, look like, as one text."""
    records = {record.ref: record for record in store.records_of([change.problem]).get(change.problem, [])}
    records |= store.get_records([change.subject])
    return ";".join(sorted(f"{ref}@{record.version}" for ref, record in records.items()))


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
            _keep_bases(store, terms, pair, change, receipt)
        case Update() | Transition() if change.pair:
            _keep_bases(store, terms, store.get_pairs([change.pair])[change.pair], change, receipt)
        case AddComment() if change.pair and change.source:
            written = receipt.native_id or change.key  # where nobody can tell how the platform calls it
            store.save_comment_pair(
                change.subject.instance, written, change.pair, change.source, change.audience.value
            )
        case _:
            pass


def _keep_bases(
    store: Store, terms: Terms, pair: Pair, change: Create | Update | Transition, receipt: Receipt
) -> None:
    """Keep what both sides agree on, with the written side as the platform holds it now.

    A field that the read-back does not tell of holds what was sent.
    """
    ends = store.get_records([pair.left, pair.right])
    held, rule = receipt.record, rule_of(terms.links, pair, ends[pair.left], ends[pair.right])
    if held is None or rule is None:
        return
    rightward = held.ref == pair.right
    names = {field.left: field.right if rightward else field.left for field in rule.fields}
    agreed: list[BaseValue] = []
    for base in change.bases:
        name, sent = names.get(base.field, ""), base.right if rightward else base.left
        value = held.native_state if base.field == STATE else held.fields.get(name, sent)
        if name not in receipt.refused:
            agreed.append(replace(base, right=value) if rightward else replace(base, left=value))
    store.save_bases(pair.id, agreed)
