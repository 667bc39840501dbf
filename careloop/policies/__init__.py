"""The promises careloop keeps: pure functions of a case, the time and the rules."""

from careloop.policies import confirmed_closure
from careloop.ports import Policy

BUILTIN: tuple[Policy, ...] = (
    Policy("confirmed_closure", confirmed_closure.decide, confirmed_closure.ConfirmedClosure),
)
