"""The tables. Times are whole microseconds since 1970 in UTC, so that they sort and compare as numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware time; a naive one is refused with TypeError rather than guessed at."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


metadata = MetaData()

# Where this store stands (one row), and which instances it speaks to.
INSTALLATION = Table("installation", metadata, Column("id", String, primary_key=True))
INSTANCE = Table(
    "instance",
    metadata,
    Column("name", String, primary_key=True),
    Column("identity", String, nullable=False),
)

# The current version of each record: `body` is the whole of it, the other columns are what is searched by.
RECORD = Table(
    "record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String, nullable=False, unique=True),
    Column("problem", String, index=True),
    Column("number", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("requester", String, index=True),
    Column("group", String),
    Column("category", String, nullable=False),
    Column("subcategory", String, nullable=False),
    Column("service", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("updated", Instant, nullable=False),
    Column("body", Text, nullable=False),
)
Index("ix_record_number", func.lower(RECORD.c.number))

# The numbers, in lower case, of records elsewhere that a record names: whichever comes first finds the other.
REFERENCE = Table(
    "reference",
    metadata,
    Column("record", ForeignKey("record.id"), primary_key=True),
    Column("number", String, primary_key=True, index=True),
)

# People: what the rules need to know, and apart from it what says who they are, which can be erased.
PERSON = Table(
    "person",
    metadata,
    Column("id", String, primary_key=True),
    Column("traits", JSON, nullable=False),
)
CONTACT_POINT = Table(
    "contact_point",
    metadata,
    Column("person", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("native", String, nullable=False),
    Column("account", String, nullable=False),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False),
)

# The journal: only ever added to. Free text stands beside it, so that erasing it changes no figure.
EVENT = Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("record", ForeignKey("record.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("source_key", String, nullable=False, unique=True),
    Column("actor", String),
    Column("quality", String, nullable=False),
    Column("data", JSON, nullable=False),
)
EVENT_TEXT = Table(
    "event_text",
    metadata,
    Column("event", ForeignKey("event.seq"), primary_key=True),
    Column("text", Text, nullable=False),
)

# Worked out from records and events, and when to look again: both can be deleted and are rebuilt.
PROBLEM = Table(
    "problem",
    metadata,
    Column("id", String, primary_key=True),
    Column("last_event", Integer, nullable=False),
)
LOOK = Table(
    "look",
    metadata,
    Column("problem", String, primary_key=True),
    Column("due_at", Instant),
    Column("seen_event", Integer, nullable=False),
    Column("rules_hash", String, nullable=False),
    Column("state", String, nullable=False),
    Column("basis", String, nullable=False),
    Column("waits", Boolean, nullable=False, index=True),
    Column("findings", JSON, nullable=False),
    Column("held", JSON, nullable=False),
)

# Pairs kept in step. Values and comments may be kept before their pair within one transaction.
PAIR = Table(
    "pair",
    metadata,
    Column("id", String, primary_key=True),
    Column("rule", String, nullable=False),
    Column("left", String, nullable=False),
    Column("right", String, nullable=False, index=True),
    UniqueConstraint("left", "right"),
)


def _pair_id(*, primary_key: bool = False) -> Column[str]:
    reference = ForeignKey("pair.id", deferrable=True, initially="DEFERRED")
    return Column("pair", String, reference, primary_key=primary_key, nullable=False)


BASE = Table(
    "base",
    metadata,
    _pair_id(primary_key=True),
    Column("field", String, primary_key=True),
    Column("left", Text, nullable=False),
    Column("right", Text, nullable=False),
)
COMMENT_PAIR = Table(
    "comment_pair",
    metadata,
    Column("instance", String, primary_key=True),
    Column("native_id", String, primary_key=True),
    _pair_id(),
    Column("other_id", String, nullable=False),
    Column("audience", String, nullable=False),
    Index("ix_comment_pair_pair", "pair"),
)
CONFLICT = Table(
    "conflict",
    metadata,
    Column("id", String, primary_key=True),
    _pair_id(),
    Column("field", String, nullable=False),
    Column("left", Text, nullable=False),
    Column("right", Text, nullable=False),
    Column("base", Text, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("kept", Text, nullable=False),
)

# Writes to the outside; those that failed or were parked are the letters that wait.
INTENT = Table(
    "intent",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("state", String, nullable=False, index=True),
    Column("sent_at", Instant, nullable=False),
    Column("body", JSON, nullable=False),
)

# The contact ledger: one line per matter that a message to a person spoke of.
CONTACT = Table(
    "contact",
    metadata,
    Column("key", String, primary_key=True),
    Column("problem", String, primary_key=True, index=True),
    Column("purpose", String, primary_key=True),
    Column("cause", String, primary_key=True),
    Column("person", String, nullable=False, index=True),
    Column("sent_at", Instant, nullable=False),
    Column("channel", String, nullable=False),
    Column("counted", Boolean, nullable=False),
)

# How far each scope has been read, and by which query.
CURSOR = Table(
    "cursor",
    metadata,
    Column("scope", String, primary_key=True),
    Column("value", String, nullable=False),
    Column("fingerprint", String, nullable=False),
)

# How each container says the common words, for commands that ask no platform.
DIALECT = Table(
    "dialect",
    metadata,
    Column("instance", String, primary_key=True),
    Column("container", String, primary_key=True),
    Column("body", JSON, nullable=False),
)

# How far each policy was allowed to go, since when, and who said so; only ever added to.
PROMISE = Table(
    "promise",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("policy", String, nullable=False),
    Column("mode", String, nullable=False),
    Column("since", Instant),
    Column("rules_hash", String, nullable=False),
    Column("author", String, nullable=False),
    Column("approved_by", String, nullable=False),
    Column("at", Instant, nullable=False),
)
