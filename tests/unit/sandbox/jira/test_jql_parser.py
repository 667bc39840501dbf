from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.jql.parser import parse
from careloop.sandbox.jira.jql.tree import And, Call, Clause, Empty, Literal, Node, Not, Or, Sort


def equals(field: str, value: str, *, quoted: bool = False) -> Clause:
    return Clause(field, "=", (Literal(value, quoted),))


A, B, C = equals("a", "1"), equals("b", "2"), equals("c", "3")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 1 OR b = 2 AND c = 3", Or((A, And((B, C))))),
        ("(a = 1 OR b = 2) AND c = 3", And((Or((A, B)), C))),
        ("NOT a = 1 AND b = 2", And((Not(A), B))),
        ("not (a = 1 or b = 2)", Not(Or((A, B)))),
        ("a = 1 && !b = 2 || c = 3", Or((And((A, Not(B))), C))),
    ],
)
def test_not_binds_tighter_than_and_and_and_tighter_than_or(text: str, tree: Node) -> None:
    assert parse(text).where == tree


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("status was_here = 1", None),
        (
            "labels NOT IN (a, 'b c')",
            Clause("labels", "NOT IN", (Literal("a", False), Literal("b c", True)), listed=True),
        ),
        ("issue.property[a.b].c.d = 1", equals("issue.property[a.b].c.d", "1")),
        ("due is not empty", Clause("due", "IS NOT", (Empty(),))),
        ("assignee = currentUser()", Clause("assignee", "=", (Call("currentUser", ()),))),
        ('created > startOfDay("-1d")', Clause("created", ">", (Call("startOfDay", ("-1d",)),))),
        ("created > -5m", Clause("created", ">", (Literal("-5m", False),))),
        ('"Story Points" >= 3', Clause("Story Points", ">=", (Literal("3", False),))),
        ("cf[10016] = 3", equals("cf[10016]", "3")),
        (r'summary ~ "say \"hi\" \\ \u0041"', Clause("summary", "~", (Literal('say "hi" \\ A', True),))),
        (r"summary ~ a\ b", Clause("summary", "~", (Literal("a b", False),))),
    ],
)
def test_clauses_are_read_with_quotes_and_escapes(text: str, clause: Clause | None) -> None:
    if clause is None:
        with pytest.raises(Refused):
            parse(text)
    else:
        assert parse(text).where == clause


def test_order_by_takes_several_fields_with_directions() -> None:
    query = parse("project = ENG ORDER BY priority DESC, updated, key ASC")
    assert query.order == (Sort("priority", True), Sort("updated", False), Sort("key", False))
    assert parse("order by key").where is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("project = ENG AND", "Expecting a field name before the end of the query. (line 1, character 18)"),
        ("project = ", "Expecting either a value, list or function before the end of the query."),
        ("project ENG", "Expecting operator but got 'ENG'."),
        ("status = In Progress", "list or function but got 'In'. You must surround 'In' in quotation marks"),
        ("summary ~ 'open", "The quoted string 'open' has not been completed. (line 1, character 11)"),
        ("assignee = a@b", "The character '@' is a reserved JQL character."),
        ("project = and", "Expecting either a value, list or function but got 'and'."),
        ("project = ENG HELP", "Expecting either 'OR' or 'AND' but got 'HELP'. (line 1, character 15)"),
        ("order = 1", "Expecting 'BY' but got '='."),
        ("select = 1", "'select' is a reserved JQL word."),
        ("(project = ENG", "Expecting ')' before the end of the query."),
        ("labels in (a, ", "Expecting either a value, list or function before the end of the query."),
        (r"summary ~ '\q'", r"'\q' is an illegal JQL escape sequence."),
        ("project = ENG\nAND = 2", "Expecting a field name but got '='. (line 2, character 5)"),
    ],
)
def test_a_mistake_is_refused_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse(text)
    assert refusal.value.status == 400
    assert complaint in refusal.value.messages[0]
    assert refusal.value.messages[0].startswith("Error in the JQL Query: ")


def test_bare_words_search_texts_on_cloud_only() -> None:
    assert parse("printer AND project = ENG").where == And(
        (Clause("text", "~", (Literal("printer", True),)), equals("project", "ENG"))
    )
    with pytest.raises(Refused):
        parse("printer", bare_words=False)


def quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(st.text())
def test_quoting_carries_any_text_unharmed(text: str) -> None:
    assert parse(f"summary ~ {quote(text)}").where == Clause("summary", "~", (Literal(text, True),))


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with suppress(Refused):
        parse(text)
