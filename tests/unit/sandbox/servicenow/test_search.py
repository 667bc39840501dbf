"""Which records a query finds, and in which order."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careloop.sandbox.clock import Clock
from careloop.sandbox.servicenow import Actor, Instance

FACTS = (
    {"short_description": "alpha one", "impact": "1", "urgency": "1", "category": "network"},
    {"short_description": "beta one", "impact": "2", "urgency": "3", "category": "software"},
    {"short_description": "Alpha two", "impact": "3", "urgency": "1", "category": "hardware"},
    {"short_description": "", "impact": "3", "urgency": "3", "category": "network"},
)


@pytest.fixture
def four(instance: Instance, admin: Actor, clock: Clock) -> Actor:
    """Four incidents, an hour apart, the first at nine; the second has a caller and a group."""
    caller = instance.user_named("lena.moreau").sys_id
    group = admin.query("sys_user_group", "name=Network")[0]["sys_id"]
    for number, facts in enumerate(FACTS):
        people = {"caller_id": caller, "assignment_group": group} if number == 1 else {}
        admin.insert("incident", facts | people)
        clock.advance(3600)
    return admin


def found(actor: Actor, query: str) -> list[int]:
    """Return the incidents that a query finds, numbered from 1 in order of creation, in the order found."""
    return [int(row["number"].removeprefix("INC001")) for row in actor.query("incident", query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4]),
        ("impact=3", [3, 4]),
        ("impact!=3", [1, 2]),
        ("impact<3", [1, 2]),
        ("impact>=2", [2, 3, 4]),
        ("impactBETWEEN1@2", [1, 2]),
        ("order<5", []),
        ("orderBETWEEN-1@5", []),
        ("short_description<B", [3]),
        ("impactIN1,2", [1, 2]),
        ("impactNOT IN1,2", [3, 4]),
        ("impactSAMEASurgency", [1, 4]),
        ("impactNSAMEASurgency", [2, 3]),
        ("impactGT_FIELDurgency", [3]),
        ("impactLT_OR_EQUALS_FIELDurgency", [1, 2, 4]),
        ("short_descriptionSTARTSWITHalpha", [1]),
        ("short_descriptionENDSWITHone", [1, 2]),
        ("short_descriptionLIKEa o", [1, 2]),
        ("short_descriptionNOT LIKEone", [3, 4]),
        ("short_descriptionISEMPTY", [4]),
        ("short_descriptionISNOTEMPTY", [1, 2, 3]),
        ("short_description=", [4]),
        ("short_description!=NULL", [1, 2, 3]),
        ("short_descriptionANYTHING", [1, 2, 3, 4]),
        ("short_descriptionEMPTY", [4]),
        ("orderNOTEMPTY", []),
        ("caller_id.name=Lena Moreau^ORassignment_group.nameCONTAINSoffice", [2]),
        ("assignment_group.parent.parent.nameISEMPTY^impact=1", [1]),
        ("categoryDOES NOT CONTAINware", [1, 4]),
        ("impactVALCHANGES^impact=1", [1]),
        ("active=1", [1, 2, 3, 4]),
        ("active!=true", []),
        ("caller_id.email=lena.moreau@example.com", [2]),
        ("assignment_group.name=Network", [2]),
        ("assignment_group.manager.nameISEMPTY", [1, 2, 3, 4]),
        ("caller_idLIKEMoreau", [2]),
        ("caller_idISEMPTY", [1, 3, 4]),
        ("sys_class_nameINSTANCEOFtask", [1, 2, 3, 4]),
        ("impact=1^ORimpact=2^category=software", [2]),
        ("impact=1^NQimpact=2^category=software", [1, 2]),
        ("impact=3^category=network^NQimpact=1", [1, 4]),
    ],
)
def test_each_operator_finds_its_rows(four: Actor, query: str, expected: list[int]) -> None:
    assert sorted(found(four, query)) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("opened_at>2026-01-05 10:00:00", [3, 4]),
        ("opened_at>=2026-01-05 10:00:00", [2, 3, 4]),
        ("opened_at<2026-01-05 10:00:00", [1]),
        ("opened_at<=2026-01-05 10:00:00", [1, 2]),
        ("opened_at=2026-01-05 10:00:00", [2]),
        ("opened_at!=2026-01-05 10:00:00", [1, 3, 4]),
        ("opened_at>2026-01-05", [1, 2, 3, 4]),
        ("opened_atBETWEEN2026-01-05 10:00:00@2026-01-05 11:00:00", [2, 3]),
        (
            "opened_atBETWEENjavascript:gs.dateGenerate('2026-01-05','09:30:00')@javascript:gs.endOfToday()",
            [2, 3, 4],
        ),
        ("opened_atONToday@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()", [1, 2, 3, 4]),
        ("opened_atNOTONToday@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()", []),
        ("opened_at>=javascript:gs.hoursAgo(2)", [3, 4]),
        ("opened_at<javascript:gs.daysAgoStart(0)", []),
        ("opened_atRELATIVEGT@hour@ago@2", [3, 4]),
        ("opened_atRELATIVELT@hour@ago@3", [1]),
        ("opened_atDATEPARTMonday@javascript:gs.datePart('dayofweek','monday','EE')", [1, 2, 3, 4]),
        ("opened_atDATEPART11@javascript:gs.datePart('hour','11','GE')", [3, 4]),
        ("opened_atSAMEASsys_updated_on@day", [1, 2, 3, 4]),
        ("opened_at>=javascript:gs.beginningOfCurrentHour()", []),
        ("opened_at>=javascript:gs.beginningOfLastHour()", [4]),
        (
            "opened_atONLast 2 hours@javascript:gs.beginningOfLast2Hours()@javascript:gs.endOfLast2Hours()",
            [3, 4],
        ),
        (
            "opened_atBETWEENjavascript:gs.beginningOfLast30Days()@javascript:gs.endOfLast30Days()",
            [1, 2, 3, 4],
        ),
        ("opened_at<javascript:gs.endOfOneYearAgo()", []),
        ("opened_at>=javascript:gs.startOfThisQuarter()", [1, 2, 3, 4]),
        ("opened_at<=javascript:gs.quartersAgoEnd(1)", []),
        ("opened_at>javascript:gs.yesterday()", [1, 2, 3, 4]),
        ("opened_atRELATIVEEE@day@ahead@0", [1, 2, 3, 4]),
        ("opened_atMORETHANclosed_at@day@before@1", []),
        ("closed_at<2030-01-01 00:00:00", []),
    ],
)
def test_times_are_compared_as_moments_and_an_empty_one_never_matches(
    four: Actor, query: str, expected: list[int]
) -> None:
    assert sorted(found(four, query)) == expected


def test_an_invalid_part_is_ignored_and_the_rest_still_runs(four: Actor) -> None:
    assert found(four, "bogus=1^impact=1") == [1]
    assert found(four, "impact=1^opened_at>=yesterday") == [1]
    assert found(four, "caller_id.bogus=1") == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "part",
    [
        "what is this",
        "opened_at<javascript:gs.daysAgo(99999999)",
        "opened_at<javascript:gs.monthsAgoStart(999999)",
        "opened_atRELATIVEGT@year@ago@99999",
        "opened_atMORETHANclosed_at@fortnight@before@1",
        "opened_atSAMEASactive@day",
        "sys_mod_countGT_FIELDopened_at",
        "opened_at=2026-02-30 00:00:00",
        "opened_atDATEPARTx@javascript:gs.datePart('hour','late','EE')",
        "impact>=high",
    ],
)
def test_no_part_is_so_odd_that_the_rest_would_not_run(four: Actor, part: str) -> None:
    assert found(four, f"{part}^impact=1") == [1]
    assert found(four, part) == [1, 2, 3, 4]


def test_an_invalid_part_finds_nothing_where_the_property_says_so(instance: Instance, four: Actor) -> None:
    instance.set_property("glide.invalid_query.returns_no_rows", "true")

    assert found(four, "bogus=1^impact=1") == []
    assert found(four, "impact=1") == [1]


def test_order_goes_by_number_name_and_time(four: Actor) -> None:
    assert found(four, "ORDERBYimpact^ORDERBYDESCsys_created_on") == [1, 2, 4, 3]
    assert found(four, "ORDERBYDESCsys_updated_on") == [4, 3, 2, 1]
    assert found(four, "ORDERBYDESCcaller_id")[0] == 2
    assert found(four, "ORDERBYbogus^impact=3") == [3, 4]


def test_the_order_behind_two_groups_covers_both(four: Actor) -> None:
    rows = four.query("incident", "ORDERBYsys_id")
    first = rows[0]["sys_updated_on"]

    page = four.query(
        "incident",
        f"sys_updated_on>{first}^NQsys_updated_on={first}^sys_id>{rows[0]['sys_id']}"
        "^ORDERBYsys_updated_on^ORDERBYsys_id",
    )

    assert [row["sys_updated_on"] for row in page] == sorted(
        row["sys_updated_on"] for row in rows if row["sys_updated_on"] > first
    )


def test_a_parent_table_finds_the_rows_of_its_children(four: Actor) -> None:
    four.insert("problem", {"short_description": "alpha cause"})

    rows = four.query("task", "short_descriptionSTARTSWITHalpha^ORDERBYDESCnumber")

    assert [row["sys_class_name"] for row in rows] == ["problem", "incident"]


def test_related_rows_are_counted(four: Actor) -> None:
    problem = four.insert("problem", {"short_description": "cause"})
    four.insert("problem", {"short_description": "another"})
    four.update("incident", four.query("incident", "impact=1")[0]["sys_id"], {"problem_id": problem})

    found = four.query("problem", "RLQUERYincident.problem_id,>=1,priority=1^ENDRLQUERY")

    assert [row["short_description"] for row in found] == ["cause"]
    assert four.query("problem", "RLQUERYincident.problem_id,>=1,priority=5^ENDRLQUERY") == []


def test_related_rows_may_be_reached_through_a_table_in_between(four: Actor) -> None:
    found = four.query("sys_user", "RLQUERYsys_user_has_role.user,>0,m2m^role.name=admin^ENDRLQUERY")
    without = four.query("sys_user", "RLQUERYsys_user_has_role.user,=0^ENDRLQUERY^user_name=lena.moreau")

    assert [row["user_name"] for row in found] == ["admin"]
    assert [row["user_name"] for row in without] == ["lena.moreau"]


def test_a_join_keeps_the_rows_that_another_table_names(four: Actor) -> None:
    text = "JOINsys_user.sys_id=incident.caller_id!impact=2^categorySTARTSWITHsoft"

    assert [row["user_name"] for row in four.query("sys_user", f"active=true^{text}^ORDERBYname")] == [
        "lena.moreau"
    ]
    assert four.query("sys_user", text.replace("impact=2", "impact=1")) == []
    invalid = text.replace("sys_user.sys_id", "incident.sys_id")
    assert len(four.query("sys_user", invalid)) == len(four.query("sys_user"))


def test_dynamic_filters_and_hierarchies_follow_the_user(instance: Instance, four: Actor) -> None:
    top = four.insert("sys_user_group", {"name": "Operations"})
    network = four.query("sys_user_group", "name=Network")[0]["sys_id"]
    four.update("sys_user_group", network, {"parent": top})

    me, my_groups = "90d1921e5f510100a9ad2572f2b477fe", "d6435e965f510100a9ad2572f2b47744"

    assert found(four, f"opened_byDYNAMIC{me}") == [1, 2, 3, 4]
    assert found(instance.act("tomas.varga"), f"assignment_groupDYNAMIC{my_groups}") == [2]
    assert found(four, f"assignment_groupIN_HIERARCHY{top}") == [2]
    admin = four.query("sys_user", "user_name=admin")[0]["sys_id"]
    lena = four.query("sys_user", "user_name=lena.moreau")[0]["sys_id"]
    four.update("sys_user", lena, {"manager": admin})
    below = four.query("sys_user", f"managerIN_HIERARCHY_DYNAMICfdd0@{me}")
    assert [row["user_name"] for row in below] == ["lena.moreau"]


@given(data=st.data())
def test_the_index_finds_what_a_scan_finds(data: st.DataObject) -> None:
    clock = Clock(datetime(2026, 1, 5, tzinfo=UTC))
    admin = Instance(clock).act("admin")
    ids: list[str] = []
    for step in data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=12)):
        clock.advance(step)
        if ids and step == 0:
            admin.update("incident", data.draw(st.sampled_from(ids)), {"work_notes": "touched"})
        elif ids and step == 3:
            admin.delete("incident", ids.pop())
        else:
            ids.append(admin.insert("incident", {}))
    low, high = sorted(data.draw(st.lists(st.integers(0, 40), min_size=2, max_size=2)))
    low_text, high_text = (f"2026-01-05 00:00:{second:02d}" for second in (low, high))

    window = f"sys_updated_on>={low_text}^sys_updated_on<{high_text}"
    by_index = admin.query("incident", f"{window}^ORDERBYsys_updated_on^ORDERBYsys_id")

    scanned = [row for row in admin.query("incident") if low_text <= row["sys_updated_on"] < high_text]
    assert by_index == sorted(scanned, key=lambda row: (row["sys_updated_on"], row["sys_id"]))


def test_a_parent_table_knows_no_columns_of_its_children(four: Actor) -> None:
    caller = four.query("sys_user", "user_name=lena.moreau")[0]["sys_id"]
    everything = len(four.query("task", ""))

    assert len(four.query("task", f"caller_id={caller}")) == everything
    assert len(four.query("incident", f"caller_id={caller}")) == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("purchase_date=2026-01-05", ["today"]),
        ("purchase_date>2026-01-05", ["tomorrow"]),
        ("purchase_date<=2026-01-05", ["today"]),
        ("purchase_dateIN2026-01-06,2026-01-07", ["tomorrow"]),
        ("purchase_dateONToday@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()", ["today"]),
        ("purchase_dateDATEPARTTuesday@javascript:gs.datePart('dayofweek','tuesday','EE')", ["tomorrow"]),
        ("purchase_dateSAMEASinstall_date@day^purchase_dateISNOTEMPTY", ["today"]),
        ("purchase_dateISEMPTY", ["undated"]),
    ],
)
def test_days_without_a_time_are_compared_as_days(admin: Actor, query: str, expected: list[str]) -> None:
    admin.insert("cmdb_ci", {"name": "undated"})
    admin.insert(
        "cmdb_ci", {"name": "today", "purchase_date": "2026-01-05", "install_date": "2026-01-05 17:30:00"}
    )
    admin.insert("cmdb_ci", {"name": "tomorrow", "purchase_date": "2026-01-06"})

    rows = admin.query("cmdb_ci", f"nameINundated,today,tomorrow^{query}")

    assert [row["name"] for row in rows] == expected


@pytest.mark.parametrize(
    ("query", "exactly", "in_any_case"),
    [
        ("short_descriptionLIKEALPHA", [], [1, 3]),
        ("short_descriptionSTARTSWITHalpha", [1], [1, 3]),
        ("short_descriptionNOT LIKEalpha", [2, 3, 4], [2, 4]),
        ("short_description=ALPHA TWO", [], [3]),
        ("short_descriptionINALPHA ONE,Beta one", [], [1, 2]),
        ("number=inc0010002", [], [2]),
        ("caller_idLIKElena", [], [2]),
        ("caller_id=NULL", [1, 3, 4], [1, 3, 4]),
        ("short_description>alpha one^ORDERBYDESCshort_description", [2], [2, 3]),
        ("ORDERBYshort_description", [4, 3, 1, 2], [4, 1, 3, 2]),
    ],
)
def test_case_counts_unless_the_database_ignores_it(
    instance: Instance, four: Actor, query: str, exactly: list[int], in_any_case: list[int]
) -> None:
    assert found(four, query) == exactly
    instance.set_property("sandbox.query.ignore_case", "true")
    assert found(four, query) == in_any_case


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("alpha", [1, 3]),
        ("ONE", [1, 2]),
        ("one alpha", [1]),
        ("one AND beta", [2]),
        ("two OR beta", [2, 3]),
        ("two|beta", [2, 3]),
        ('"alpha one"', [1]),
        ('"one alpha"', []),
        ("alph", []),
        ("alph*", [1, 3]),
        ("%eta", [2]),
        ("INC0010003", [3]),
        ("network", []),
    ],
)
def test_words_are_found_wherever_they_stand(four: Actor, words: str, expected: list[int]) -> None:
    assert found(four, f"123TEXTQUERY321={words}") == expected
    assert found(four, f"GOTO123TEXTQUERY321={words}^urgency=1") == [n for n in expected if n != 2]


def test_words_in_columns_that_a_user_may_not_query_are_not_found(instance: Instance, four: Actor) -> None:
    search, user = instance.engine.search, instance.engine.session(instance.user_named("admin"))

    def permit(table: str, path: str, operation: str) -> bool:
        return path != "short_description"

    assert len(search.find("incident", "123TEXTQUERY321=alpha", user)) == 2
    search.forget()
    assert len(search.find("incident", "123TEXTQUERY321=alpha", user, permit)) == 0
    search.forget()
    assert len(search.find("incident", "123TEXTQUERY321=", user)) == 4


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("roles=admin", {"admin"}),
        ("roles=itil_admin^ORroles=admin", {"admin", "ines.lund"}),
        ("rolesINitil_admin,admin", {"admin", "ines.lund"}),
        ("rolesLIKEl_adm", {"ines.lund"}),
    ],
)
def test_people_are_found_by_their_roles(admin: Actor, query: str, found: set[str]) -> None:
    assert {row["user_name"] for row in admin.query("sys_user", query)} == found


def test_records_are_found_by_the_roles_of_their_people(instance: Instance, four: Actor) -> None:
    agent = instance.user_named("ines.lund").sys_id
    four.update("incident", four.query("incident")[2]["sys_id"], {"assigned_to": agent})
    assert found(four, "assigned_to.roles=itil_admin") == [3]
    assert {row["name"] for row in four.query("sys_user_group", "roles=itil")} >= {"Network", "Service Desk"}
