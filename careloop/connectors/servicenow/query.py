"""Encoded queries, built from parts that cannot break out of their place.

Grammar: ServiceNow docs c_EncodedQueryStrings.md; a literal caret is doubled (GlideStringUtilScopedAPI.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

IDS_PER_REQUEST = 100  # keeps an address below what gateways and the platform accept


def escape(value: str) -> str:
    """Return a value that ends where it ends, whatever it contains."""
    return value.replace("^", "^^")


def equals(column: str, value: str) -> str:
    """Return the condition that a column holds a value; an empty value needs an operator of its own."""
    return f"{column}={escape(value)}" if value else f"{column}ISEMPTY"


def one_of(column: str, values: Iterable[str]) -> str:
    """Return the condition that a column holds one of the values.

    A list cannot contain a comma, so values with one stand as alternatives beside it.
    """
    every = sorted(set(values))
    plain = [escape(value) for value in every if "," not in value]
    parts = [f"{column}IN{','.join(plain)}"] if plain else []
    parts += [equals(column, value) for value in every if "," in value]
    return "^OR".join(parts)


def since(column: str, moment: datetime) -> str:
    """Return the condition that a time is not before `moment`; literals are read as UTC."""
    return f"{column}>={stamp(moment)}"


def before(column: str, moment: datetime) -> str:
    """Return the condition that a time is before `moment`."""
    return f"{column}<{stamp(moment)}"


def ordered(query: str, *columns: str) -> str:
    """Return a query whose rows come in the order of the columns."""
    return "^".join([query, *(f"ORDERBY{column}" for column in columns)]) if query else _order(columns)


def _order(columns: Sequence[str]) -> str:
    return "^".join(f"ORDERBY{column}" for column in columns)


def both(condition: str, query: str) -> str:
    """Return a query that demands `condition` (a conjunction) besides what `query` says.

    `^NQ` starts an alternative to everything before it, so the condition is repeated in each; an order inside
    `query` is dropped, since ours decides.
    """
    alternatives = ["^".join(terms) for terms in _alternatives(query)]
    return (
        "^NQ".join(f"{condition}^{alternative}" for alternative in alternatives if alternative) or condition
    )


def _alternatives(query: str) -> Iterator[list[str]]:
    terms: list[str] = []
    for term in _terms(query):
        if term.startswith("NQ"):
            yield terms
            terms = [term[2:]]
        elif term and term != "EQ" and not term.startswith("ORDERBY"):
            terms.append(term)
    yield terms


def _terms(query: str) -> list[str]:
    """Split at single carets; two in a row are a literal one and stay."""
    return [term.replace("\0", "^^") for term in query.replace("^^", "\0").split("^")]


def stamp(moment: datetime) -> str:
    """Return a time as the platform stores it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def read_stamp(text: str) -> datetime:
    """Return the time of a stored text; raises ValueError when it is none."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def batches(ids: Iterable[str], size: int = IDS_PER_REQUEST) -> Iterator[list[str]]:
    """Yield the ids in lists that fit into one request."""
    rest = iter(ids)
    while batch := list(islice(rest, size)):
        yield batch
