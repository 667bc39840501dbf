"""The promises careloop keeps: pure functions of a case, the time and the rules."""

from careloop.policies import awaiting_caller, confirmed_closure, deferred_scope, reopen
from careloop.ports import Policy

BUILTIN: tuple[Policy, ...] = (
    Policy("confirmed_closure", confirmed_closure.decide, confirmed_closure.ConfirmedClosure),
    Policy("awaiting_caller", awaiting_caller.decide, awaiting_caller.AwaitingCaller),
    Policy("reopen", reopen.decide, reopen.Reopen),
    Policy("deferred_scope", deferred_scope.decide, deferred_scope.DeferredScope),
)
