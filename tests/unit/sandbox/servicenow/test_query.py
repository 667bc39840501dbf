"""The parser of encoded queries."""

from hypothesis import given
from hypothesis import strategies as st

from careloop.sandbox.servicenow.query.encoded import JOIN, RELATED, Condition, Order, parse


def test_or_binds_to_the_condition_before_it() -> None:
    query = parse("active=true^state=1^ORstate=2^priority=1")

    assert query.groups == (
        (
            (Condition("active", "=", "true"),),
            (Condition("state", "=", "1"), Condition("state", "=", "2")),
            (Condition("priority", "=", "1"),),
        ),
    )


def test_a_new_query_starts_an_alternative_group() -> None:
    query = parse("active=true^NQstate=6^ORstate=7")

    assert query.groups == (
        ((Condition("active", "=", "true"),),),
        ((Condition("state", "=", "6"), Condition("state", "=", "7")),),
    )


def test_order_may_stand_anywhere_and_holds_for_all_groups() -> None:
    query = parse("ORDERBYstate^active=true^ORDERBYDESCsys_updated_on^NQstate=6")

    assert query.order == (Order("state", descending=False), Order("sys_updated_on", descending=True))
    assert len(query.groups) == 2


def test_a_doubled_caret_is_one_caret_of_the_value() -> None:
    assert parse("short_description=a^^b^^^active=true").groups == (
        ((Condition("short_description", "=", "a^b^"),), (Condition("active", "=", "true"),)),
    )


def test_nothing_counts_behind_the_end_of_query() -> None:
    assert parse("active=true^EQ^state=1") == parse("active=true")


def test_an_empty_query_has_no_conditions() -> None:
    assert parse("") == parse("^") == parse("^NQ")
    assert parse("").groups == ()


def test_operators_are_read_longest_first() -> None:
    operators = [parse(text).groups[0][0][0] for text in ("a>=1", "aNOT IN1", "aINSTANCEOFt", "aISNOTEMPTY")]

    assert operators == [
        Condition("a", ">=", "1"),
        Condition("a", "NOT IN", "1"),
        Condition("a", "INSTANCEOF", "t"),
        Condition("a", "ISNOTEMPTY", ""),
    ]


def test_signs_and_synonyms_stand_for_operators() -> None:
    texts = ("a*x", "a!*x", "a%x", "aCONTAINSx", "aDOES NOT CONTAINx", "aNOTLIKEx", "aEMPTYSTRING")

    assert [parse(text).groups[0][0][0].operator for text in texts] == [
        "LIKE",
        "NOT LIKE",
        "ENDSWITH",
        "LIKE",
        "NOT LIKE",
        "NOT LIKE",
        "ISEMPTY",
    ]


def test_what_cannot_be_read_is_kept_without_an_operator() -> None:
    assert parse("active=true^what is this").groups[0][1] == (Condition("", "", "what is this"),)


def test_a_related_list_query_keeps_its_own_conditions_together() -> None:
    query = parse("active=true^RLQUERYincident.problem_id,>=1^priority=1^ENDRLQUERY^state=1")

    assert query.groups == (
        (
            (Condition("active", "=", "true"),),
            (Condition("sys_id", RELATED, "incident.problem_id,>=1^priority=1"),),
            (Condition("state", "=", "1"),),
        ),
    )


def test_a_join_takes_what_follows_up_to_an_order_or_another_query() -> None:
    text = "JOINsys_user.sys_id=sys_user_group.manager!active=true^nameSTARTSWITHA"
    query = parse(f"active=true^{text}^ORDERBYsys_id^NQactive=false")
    value = text.removeprefix("JOIN")

    assert query.groups == (
        ((Condition("active", "=", "true"),), (Condition("sys_id", JOIN, value),)),
        ((Condition("active", "=", "false"),),),
    )
    assert parse("short_descriptionLIKEJOINus").groups[0][0][0].operator == "LIKE"


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    parse(text)


@given(st.text(st.characters(exclude_characters="\0\1", codec="utf-8")))
def test_any_value_survives_when_its_carets_are_doubled(value: str) -> None:
    escaped = value.replace("^", "^^")

    assert parse(f"description={escaped}^active=true").groups == (
        ((Condition("description", "=", value),), (Condition("active", "=", "true"),)),
    )
