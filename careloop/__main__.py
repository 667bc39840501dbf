"""`python -m careloop` is the command `careloop`."""

from careloop.cli import main

main()
