"""One file per command; each registers itself with the command line and returns an exit code."""

from careloop.commands import apply, demo, explain, init, plan, run, sandbox, status

COMMANDS = (init, plan, apply, run, status, explain, sandbox, demo)
