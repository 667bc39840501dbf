"""What each figure of an audit means, in one place: text, JSON and HTML all say it in these words."""

from collections.abc import Mapping
from dataclasses import dataclass

from careloop.report.audit.figures import Terms


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure's title, what it counts, and what it leaves open."""

    title: str
    says: str
    leaves_open: str = ""


FIRST_SCREEN = (
    *("closed_without_word", "repeats", "resolved_while_waiting", "until_over", "put_off", "switching_on"),
)
"""The figures that a reader sees first, in this order."""

_DEFINITIONS = {
    "events": Definition("Events", "Rows of the log: each is the state of an incident after one update."),
    "incidents": Definition("Incidents", "Different incident numbers."),
    "closed": Definition("Closed", "Incidents that were closed at least once."),
    "closed_without_word": Definition(
        "Closed by a timer, without the customer's word",
        "Closed incidents whose first closing was made by a timer: an account that closed at least 20 "
        "incidents on at least 10 days, half of them or more the same number of days after their resolution "
        "(on the first day: of hours, from the second hour on). Without a history that says who closed, the "
        "incidents closed at the most frequent distance are counted, where it is that frequent (estimated).",
        "Whether the customer agreed where a person closed: nothing in the data says so.",
    ),
    "top_closer": Definition(
        "The account with most closings",
        "The account on the first event that enters Closed; its share of all closed incidents, and the "
        "median of the hours from resolution to that closing.",
    ),
    "recorded_reopens": Definition(
        "Reopens on record",
        "The largest reopen count of each incident, added up; and how many incidents have one above zero.",
        "A customer who was told to open a new one is not in it.",
    ),
    "observed_reopens": Definition(
        "Reopens seen in the history",
        "Changes from Resolved or Closed to any other state between two consecutive events of an incident; "
        "and in how many incidents.",
    ),
    "repeats": Definition(
        "Came back under a new number",
        "Incidents whose caller had another incident of the same category and subcategory resolved at most "
        "{window} before this one was opened. Each is counted once. Eligible are incidents with a known "
        "caller who has at most {shared} incidents (others are shared accounts), and a known category and "
        "subcategory.",
        "Whether it was really the same problem: only the customer knows.",
    ),
    "repeats.same_symptom": Definition(
        "Came back with the same symptom",
        "As came back under a new number, and both have the same known symptom.",
    ),
    "repeats.expected_by_chance": Definition(
        "Would have come back by chance",
        "As many would be found if category and subcategory said nothing about the customer: they are "
        "shuffled among all incidents opened in the same ISO week; the mean of ten shuffles (fixed seed).",
    ),
    "resolved_while_waiting": Definition(
        "Resolved while waiting for the customer",
        "Incidents whose state before the first Resolved was Awaiting User Info (On Hold, awaiting caller), "
        "of all that were resolved.",
        "Some callers answer by phone just before; the state does not show it.",
    ),
    "reassignments": Definition(
        "Reassignments",
        "The largest reassignment count of each incident, added up; and how many incidents have 3 or more.",
    ),
    "until_over": Definition(
        "Time until it was really over",
        "An incident that came back and the one before it are one matter. The official figure is the median "
        "time from opened to resolved of its single incidents; the real one the median time from the first "
        "opening to the last resolution of a matter. Half took longer than a median.",
        "Those expected by chance are among them.",
    ),
    "put_off": Definition(
        "Put off without a date",
        "Incidents whose close code says that something is left to do (Workaround provided, Known error), "
        "and those of them with neither a due date nor a follow-up date.",
        "Close codes of your own making, which only you can read.",
    ),
    "switching_on": Definition(
        "What asking would have meant",
        "One message for each person and day with a resolution, whatever their number. In the typical "
        "week: half of all messages fall into weeks with at least as many. One reminder at most follows "
        "each message. Cannot be asked: the caller is unknown, a shared account (more than {shared} "
        "incidents), or resolved it.",
        "Who is absent, has left, or asked not to be asked: careloop knows it once it runs.",
    ),
    "unreadable_rows": Definition("Rows that cannot be read", "Counted and listed, in no other figure."),
}


def define(terms: Terms) -> Mapping[str, Definition]:
    """Return the definition of each figure by its dotted name, with the numbers that were asked for."""
    numbers = {
        "window": "1 day" if terms.window_days == 1 else f"{terms.window_days} days",
        "shared": terms.shared_above,
    }
    return {
        name: Definition(one.title, one.says.format(**numbers), one.leaves_open)
        for name, one in _DEFINITIONS.items()
    }
