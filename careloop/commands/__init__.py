"""One file per command; each registers itself with the command line and returns an exit code."""

from careloop.commands import apply, explain, init, plan, run, sandbox

COMMANDS = (init, plan, apply, run, explain, sandbox)
