"""What must hold, as questions to a witness; each yields what is wrong, in words.

They look from outside wherever they can: at the platforms' own books and at what went over the wire.
"""

from collections.abc import Callable, Iterable

from tests.simulation.invariants import agreement, contacts, deeds, evidence, plans, words
from tests.simulation.witness import Witness

Invariant = Callable[[Witness], Iterable[str]]

ALWAYS: tuple[Invariant, ...] = (
    contacts.contacts_keep_to_the_budget,
    contacts.contacts_keep_to_the_hours,
    words.nothing_is_said_twice,
    words.words_are_carried_over_once,
    words.nothing_internal_gets_out,
    deeds.modes_are_kept,
    deeds.closed_stays_closed,
    deeds.nothing_is_made_twice,
    deeds.work_is_reopened_for_a_reason,
)
"""Hold after every cycle, even after one that died."""

AFTER_A_CYCLE: tuple[Invariant, ...] = (
    evidence.every_basis_has_its_evidence,
    evidence.closings_behind_the_customers_back_are_found,
    plans.a_second_plan_is_empty,
    plans.rebuilt_state_is_the_same,
)
"""Hold after every cycle that ended well."""

AT_REST: tuple[Invariant, ...] = (
    evidence.the_customers_word_is_heard,
    agreement.both_sides_agree,
    agreement.every_hand_over_arrives,
    agreement.every_word_arrives,
    agreement.nothing_is_left_hanging,
    plans.the_order_of_reading_does_not_matter,
    plans.a_fresh_start_reads_the_same,
)
"""Hold once edits and faults have stopped and careloop has come to rest."""
