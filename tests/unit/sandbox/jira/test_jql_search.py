from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from careloop.sandbox.clock import Clock
from careloop.sandbox.jira import Refused, Site
from careloop.sandbox.jira.jql.dates import find_edge
from careloop.sandbox.jira.search import Search

ADA = "5f0c1a2b3c4d5e6f70819201"
BRUNO = "5f0c1a2b3c4d5e6f70819202"


@pytest.fixture
def stocked(site: Site, clock: Clock) -> Site:
    """Six issues, an hour apart: ENG-1 to ENG-5 and the request HELP-1."""
    bot, ada = site.act("bot"), site.act("ada.keller")
    bot.create_issue("ENG", "Bug", "Printer jams", assignee={"accountId": ADA}, labels=["paper"])
    clock.advance(3600)
    bot.create_issue("ENG", "Task", "Order toner", priority={"name": "High"}, duedate="2026-03-20")
    clock.advance(3600)
    ada.create_issue("ENG", "Story", "Print from a phone", labels=["paper", "mobile"], customfield_10016=5)
    clock.advance(3600)
    bot.create_issue("ENG", "Bug", "Screen flickers", assignee={"accountId": BRUNO}, priority={"name": "Low"})
    clock.advance(3600)
    bot.create_issue(
        "ENG", "Sub-task", "Clean the rollers", parent={"key": "ENG-1"}, fixVersions=[{"name": "1.1"}]
    )
    clock.advance(3600)
    site.act("gina.rossi").raise_request("Report a problem", "No mail", "Nothing arrives since noon")
    ada.transition("ENG-4", "Done", resolution={"name": "Won't Do"})
    ada.transition("ENG-3", "Start work")
    return site


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = ENG AND type = Bug", "4 1"),
        ("project in (Engineering, HELP) and issuetype != Bug", "H1 5 3 2"),
        ("labels = paper", "3 1"),
        ("labels != paper", ""),
        ("labels IS EMPTY and project = ENG", "5 4 2"),
        ("assignee != " + ADA, "4"),
        ("NOT assignee = " + ADA, "4"),
        ("assignee IN (EMPTY, " + BRUNO + ") AND project = ENG", "5 4 3 2"),
        ("reporter = currentUser() AND project = ENG", "5 4 2 1"),
        ("priority > Medium", "2"),
        ("priority < High and priority != Low", "H1 5 3 1"),
        ("resolution = Unresolved and type = Bug", "1"),
        ("resolution != Unresolved", "4"),
        ("resolved >= -1m", "4"),
        ("statusCategory = 'In Progress'", "H1 3"),
        ("statusCategory = new", "5 2 1"),
        ("status in (Done, 'to do')", "5 4 2 1"),
        ("key > ENG-3 and key <= ENG-5", "5 4"),
        ("id = ENG-2 or issue = 10000", "2 1"),
        ("parent = ENG-1", "5"),
        ("fixVersion in unreleasedVersions(ENG)", "5"),
        ("fixVersion >= 1.0", "5"),
        ("summary ~ 'printer'", "1"),
        ("summary ~ 'print*'", "3 1"),
        ("text ~ 'since noon'", "H1"),
        (r'text ~ "\"since noon\""', "H1"),
        (r'text ~ "\"noon since\""', ""),
        ("summary !~ printer and type = Bug", "4"),
        ("due = 2026-03-20", "2"),
        ("due <= endOfMonth()", "2"),
        ("due < startOfMonth(1)", "2"),
        ("'Story point estimate' > 4 or cf[10016] = 99", "3"),
        ("created >= '2026-03-02 11:00' AND created < '2026/03/02'", ""),
        ("created >= '2026-03-02 11:00' AND project = ENG", "5 4 3"),
        ("created <= -4h", "2 1"),
        ("project = ENG and (type = Bug or labels = mobile) and not status = Done", "3 1"),
        ("project = ENG and not (type = Bug and labels = paper)", "5 3 2"),  # no label is not another label
        ("project = ENG and not (type = Bug or status = Done)", "5 3 2"),
        ("key in (eng-1, ENG-2)", "2 1"),
        ("toner", "2"),
    ],
)
def test_a_query_finds_what_it_says(stocked: Site, jql: str, keys: str) -> None:
    wanted = [f"HELP-{key[1:]}" if key.startswith("H") else f"ENG-{key}" for key in keys.split()]
    assert stocked.act("bot").search(f"{jql} ORDER BY id DESC") == sorted(wanted, reverse=True, key=_age)


def _age(key: str) -> int:
    return 6 if key == "HELP-1" else int(key.partition("-")[2])


@pytest.mark.parametrize(
    ("order", "keys"),
    [
        ("priority DESC, key ASC", "2 1 3 5 4"),
        ("priority, key DESC", "4 5 3 1 2"),
        ("assignee", "1 4 5 3 2"),
        ("assignee DESC, key", "2 3 5 4 1"),
        ("updated DESC, key", "3 4 5 2 1"),
        ("status, created", "1 2 5 3 4"),
        ("duedate, key", "2 1 3 4 5"),
    ],
)
def test_results_come_in_the_order_asked_for(stocked: Site, order: str, keys: str) -> None:
    assert stocked.act("bot").search(f"project = ENG ORDER BY {order}") == [
        f"ENG-{key}" for key in keys.split()
    ]


@pytest.mark.parametrize(
    ("jql", "complaint"),
    [
        ("colour = red", "Field 'colour' does not exist or you do not have permission to view it."),
        ("status = Lost", "The value 'Lost' does not exist for the field 'status'."),
        ("project = NONE", "The value 'NONE' does not exist for the field 'project'."),
        ("key = ENG-99", "An issue with key 'ENG-99' does not exist for field 'key'."),
        ("assignee = ada.keller", "The value 'ada.keller' does not exist for the field 'assignee'."),
        ("assignee = nobody()", "Unable to find JQL function 'nobody()'."),
        ("project = ENG ORDER BY colour", "Field 'colour' does not exist"),
    ],
)
def test_what_is_unknown_is_refused_or_finds_nothing_by_a_switch(
    stocked: Site, jql: str, complaint: str
) -> None:
    with pytest.raises(Refused, match="400") as refusal:
        stocked.act("bot").search(jql)
    assert complaint in refusal.value.messages[0]
    stocked.switches.unknown_in_jql = "empty"
    assert "ENG-99" not in stocked.act("bot").search(jql)


@pytest.mark.parametrize(
    ("jql", "complaint"),
    [
        ("status ~ Done", "The operator '~' is not supported by the 'status' field."),
        ("summary = broken", "The operator '=' is not supported by the 'summary' field."),
        ("labels > a", "The operator '>' is not supported by the 'labels' field."),
        ("created > yesterday", "Date value 'yesterday' for field 'created' is invalid."),
        ("created > '1770000000000'", "Date value '1770000000000' for field 'created' is invalid."),
        ("cf[10016] > many", "Value 'many' is invalid for field 'cf[10016]'."),
        ("key = ENG-1 ORDER BY comment", "Not able to sort using field 'comment'."),
        ("key = ENG-1 ORDER BY " + ", ".join(["key"] * 8), "The maximum number of fields in ORDER BY is 7."),
    ],
)
def test_what_makes_no_sense_is_refused(stocked: Site, jql: str, complaint: str) -> None:
    with pytest.raises(Refused) as refusal:
        stocked.act("bot").search(jql)
    assert complaint in refusal.value.messages[0]


def test_a_text_date_is_read_in_the_zone_of_the_account_and_a_number_is_not(stocked: Site) -> None:
    text = "project = ENG AND created < '2026-03-02 10:30'"
    assert stocked.act("bot").search(text) == ["ENG-2", "ENG-1"]
    assert stocked.act("ada.keller").search(text) == ["ENG-1"]  # 10:30 in Berlin is 09:30 in UTC
    bound = int(datetime(2026, 3, 2, 10, 0, tzinfo=UTC).timestamp() * 1000)
    for name in ("bot", "ada.keller", "chiyo.mori"):
        assert stocked.act(name).search(f"project = ENG AND created <= {bound}") == ["ENG-2", "ENG-1"]
        assert stocked.act(name).search(f"project = ENG AND created < {bound}") == ["ENG-1"]


def test_nobody_finds_what_they_may_not_browse(stocked: Site) -> None:
    assert stocked.act("ada.keller").search("summary ~ mail") == []
    assert stocked.act("gina.rossi").search("created > -1d") == []
    stocked.take_away("bot", "HELP", "BROWSE_PROJECTS")
    assert stocked.act("bot").search("summary ~ mail") == []
    stocked.give_back("bot", "HELP", "BROWSE_PROJECTS")
    assert stocked.act("bot").search("summary ~ mail") == ["HELP-1"]


def test_the_index_lags_behind_by_a_switch(stocked: Site, clock: Clock) -> None:
    stocked.switches.search_lag = timedelta(seconds=30)
    bot = stocked.act("bot")
    new = bot.create_issue("ENG", "Bug", "Fresh")
    bot.edit("ENG-1", labels=["moved"])
    assert new not in bot.search("project = ENG")
    assert bot.search("labels = moved") == []
    assert bot.search("labels = paper") == ["ENG-3", "ENG-1"]
    clock.advance(30)
    assert bot.search("labels = moved") == ["ENG-1"]
    assert new in bot.search("project = ENG")


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["High", "Medium", "Low"]), st.integers(0, 3)), max_size=25),
    st.integers(1, 7),
    st.sampled_from(["priority DESC", "updated, key DESC", "key", "assignee, created DESC", "labels, id"]),
)
def test_pages_together_are_the_whole_result(rows: list[tuple[str, int]], size: int, order: str) -> None:
    clock = Clock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    site = Site(clock)
    bot = site.act("bot")
    for priority, wait in rows:
        clock.advance(wait)
        labels = [f"l{wait}"] if wait else []
        bot.create_issue("ENG", "Bug", "A bug", priority={"name": priority}, labels=labels)
    jql = f"project = ENG ORDER BY {order}"
    found, token = [], None
    while True:
        page = site.search.page(bot.user, jql, token, size)
        found += [issue.key for issue in page.issues]
        token = page.next_token
        if token is None:
            break
    assert found == bot.search(jql)
    assert len(set(found)) == len(rows)


def test_an_issue_that_moves_ahead_of_the_page_is_seen_again(stocked: Site, clock: Clock) -> None:
    bot = stocked.act("bot")
    jql = "project = ENG ORDER BY updated ASC, key ASC"
    first = stocked.search.page(bot.user, jql, None, 2)
    clock.advance(60)
    bot.edit(first.issues[0].key, summary="Touched")
    rest = stocked.search.page(bot.user, jql, first.next_token, 50)
    assert first.issues[0] in rest.issues
    assert len(rest.issues) == 4


def test_a_token_lives_seven_days_and_serves_its_own_query_only(stocked: Site, clock: Clock) -> None:
    bot = stocked.act("bot").user
    token = stocked.search.page(bot, "project = ENG", None, 2).next_token
    assert token
    with pytest.raises(Refused):
        stocked.search.page(bot, "project = HELP", token, 2)
    with pytest.raises(Refused):
        stocked.search.page(bot, "project = ENG", "nonsense", 2)
    clock.advance(7 * 86400)
    assert stocked.search.page(bot, "project = ENG", token, 2).issues
    clock.advance(1)
    with pytest.raises(Refused):
        stocked.search.page(bot, "project = ENG", token, 2)


def test_the_pages_of_a_walk_count_from_when_the_first_was_asked(site: Site, clock: Clock) -> None:
    ada = site.act("ada.keller")
    keys = [ada.create_issue("ENG", "Bug", f"Bug {number}") for number in range(3)]
    clock.advance(3000)
    jql = "project = ENG AND created >= -1h ORDER BY key"
    first = site.search.page(ada.user, jql, None, 1)
    clock.advance(3000)
    second = site.search.page(ada.user, jql, first.next_token, 1)
    assert [issue.key for issue in (*first.issues, *second.issues)] == keys[:2]
    assert site.search.page(ada.user, jql, None, 1).issues == []


def test_a_kept_result_keeps_up_with_what_is_written(stocked: Site, clock: Clock) -> None:
    """A write between two pages puts the issue where it belongs now, as a search anew would."""
    bot = stocked.act("bot")
    queries = ["project = ENG ORDER BY updated DESC, key", "type = Bug ORDER BY summary", "parent = ENG-1"]

    def found() -> list[list[str]]:
        return [bot.search(jql) for jql in queries]

    def anew() -> list[list[str]]:
        return [[i.key for i in Search(stocked.store).result(bot.user, jql).issues] for jql in queries]

    before = found()
    clock.advance(60)
    bot.edit("ENG-4", summary="A screen flickers")
    bot.create_issue("ENG", "Bug", "Paper tears")
    bot.edit("ENG-2", issuetype={"name": "Bug"})
    assert found() == anew() != before
    stocked.promote("bot")
    bot.delete("ENG-1")
    bot.link("ENG-2", "Blocks", "ENG-4")
    with pytest.raises(Refused, match="ENG-1"):
        found()
    del queries[2]
    assert found() == anew()


def test_the_pages_of_a_walk_reconcile_the_same_issues(stocked: Site) -> None:
    user, jql = stocked.act("bot").user, "project = ENG ORDER BY key"
    token = stocked.search.page(user, jql, None, 2, [10_000, 10_001]).next_token
    for same in ([], [10_001, 10_000]):
        assert stocked.search.page(user, jql, token, 2, same).issues
    with pytest.raises(Refused, match="must be the same on each page"):
        stocked.search.page(user, jql, token, 2, [10_000])
    with pytest.raises(Refused, match="belongs to another query"):
        stocked.search.page(user, "project = ENG", token, 2)


@pytest.mark.parametrize("size", [-1, 0, 5001])
def test_a_page_has_room_for_1_to_5000(stocked: Site, size: int) -> None:
    with pytest.raises(Refused, match="has to be between 1 and 5,000"):
        stocked.search.page(stocked.act("bot").user, "ORDER BY key", None, size)


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("issue.property[careloop].number = INC7", "1"),
        ("issue.property[careloop].tries > 2", "1"),
        ("issue.property[careloop].tries <= 2", "2"),
        ("issue.property[careloop].tries in (2, 3)", "2 1"),
        ("issue.property[careloop].number ~ 'inc7'", "1"),
        ("issue.property[careloop].seen >= 2026-03-01", "2"),
        ("issue.property[careloop].tags = urgent", "1"),
        ("issue.property[careloop].open = 'true'", "2"),
        ("issue.property[careloop].number IS EMPTY AND project = ENG", "5 4 3"),
        ("ISSUE.property['careloop'].number is not EMPTY", "2 1"),
        ("'Story point estimate[Number]' = 5", "3"),
        ("assignee = 'Ada Keller'", "1"),
        ("assignee = 'ada.keller@example.com'", "1"),
        ("key = ENG-1 AND project in (ENG, HELP)", "1"),
        ("key in updatedBy('ada.keller@example.com')", "4 3"),
        ("key in updatedBy('Ada Keller', '2026-03-02')", "4 3"),
    ],
)
def test_properties_and_people_are_found_by_what_is_known_of_them(stocked: Site, jql: str, keys: str) -> None:
    properties = {
        "ENG-1": {"number": "INC7", "tries": 3, "tags": ["urgent", "late"], "open": False},
        "ENG-2": {"number": "INC8", "tries": 2, "seen": "2026-03-01T10:00:00", "open": True},
    }
    for key, value in properties.items():
        issue = stocked.store.issue(key)
        assert issue is not None
        issue.properties = {"careloop": value}
    found = stocked.act("bot").search(f"{jql} ORDER BY key DESC")
    assert " ".join(key.removeprefix("ENG-") for key in found) == keys


def test_a_switch_hides_issue_properties_from_queries(stocked: Site) -> None:
    stocked.switches.properties_in_jql = "none"
    with pytest.raises(Refused, match="does not exist or you do not have permission"):
        stocked.act("bot").search("issue.property[careloop].number = INC7")


def test_all_that_is_wrong_with_a_query_is_told_at_once(stocked: Site) -> None:
    with pytest.raises(Refused) as refusal:
        stocked.act("bot").search("project = NOPE AND (sprint in openSprints() OR priority = Huge)")
    assert refusal.value.messages == [
        "The value 'NOPE' does not exist for the field 'project'.",
        "Field 'sprint' does not exist or you do not have permission to view it.",
        "The value 'Huge' does not exist for the field 'priority'.",
    ]


@pytest.mark.parametrize(
    ("jql", "complaint"),
    [
        ("created > currentUser()", "function 'currentUser' is invalid for the field 'created'"),
        ("assignee = now()", "function 'now' is invalid for the field 'assignee'"),
        ("labels in membersOf('jira-users')", "function 'membersOf' is invalid for the field 'labels'"),
        ("status WAS Done BY now()", "function 'now' is invalid for the field 'BY'"),
        ("assignee = membersOf('jira-users')", "'=' does not support the list value 'membersOf(jira-users)'"),
        ("assignee in currentUser()", "'in' does not support the non-list value 'currentUser()'"),
        (
            "status = (Done, 'To Do')",
            r"'=' does not support the list value '(Done, 'To Do')' for field 'status'",
        ),
        ("summary ~ ''", "does not support searching for an empty string"),
        ("issue.property[careloop = 1", "Expecting ']' but got '='"),
    ],
)
def test_values_of_another_kind_are_refused(stocked: Site, jql: str, complaint: str) -> None:
    with pytest.raises(Refused) as refusal:
        stocked.act("bot").search(jql)
    assert complaint in refusal.value.messages[0]


@pytest.mark.parametrize("jql", ["created > EMPTY", "priority < EMPTY", "votes >= NULL", "key > EMPTY"])
def test_nothing_is_more_or_less_than_nothing(stocked: Site, jql: str) -> None:
    assert stocked.act("bot").search(jql) == []


def test_what_is_out_of_sight_is_unknown(stocked: Site) -> None:
    stocked.take_away("bot", "HELP", "BROWSE_PROJECTS")
    for jql in ("project = HELP", "key = HELP-1", "parent = HELP-1"):
        with pytest.raises(Refused, match="does not exist"):
            stocked.act("bot").search(jql)


def test_what_one_looked_at_has_a_time_of_its_own_for_everybody(stocked: Site, clock: Clock) -> None:
    bot, ada = stocked.act("bot"), stocked.act("ada.keller")
    for key in ("ENG-3", "ENG-1"):
        issue = stocked.store.issue(key)
        assert issue is not None
        stocked.store.note_view(bot.user, issue)
        clock.advance(60)
    assert bot.search("lastViewed IS NOT EMPTY ORDER BY lastViewed DESC") == ["ENG-1", "ENG-3"]
    assert bot.search("lastViewed <= -2m") == ["ENG-3"]
    assert ada.search("lastViewed IS NOT EMPTY") == []
    assert bot.get("ENG-1")["fields"]["lastViewed"] is not None
    assert ada.get("ENG-1")["fields"]["lastViewed"] is None


def test_hours_of_a_function_pass_whatever_the_clocks_do() -> None:
    """On the day when the clocks of Berlin jump from two to three, the fifth hour is six o'clock."""
    zone, now = ZoneInfo("Europe/Berlin"), datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert find_edge("startOfDay", "+5h", zone, now) == datetime(2026, 3, 29, 4, tzinfo=UTC)
    assert find_edge("startOfDay", "+1d", zone, now) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert find_edge("startOfDay", None, zone, now) == datetime(2026, 3, 28, 23, tzinfo=UTC)
