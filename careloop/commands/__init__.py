"""One file per command; each registers itself with the command line and returns an exit code."""

from careloop.commands import apply, plan, run, sandbox

COMMANDS = (plan, apply, run, sandbox)
