"""The shortest script that still breaks something: lines are left out as long as it stays broken."""

from collections.abc import Callable, Sequence

Lines = tuple[str, ...]


def shrink(lines: Sequence[str], breaks: Callable[[Lines], bool]) -> Lines:
    """Return lines none of which can be left out alone; `breaks` plays some and tells whether they fail.

    Delta debugging: leave out halves, then smaller parts, and begin again with what is left after a success.
    """
    left = tuple(lines)
    size = max(1, len(left) // 2)
    while True:
        start, shorter = 0, False
        while start < len(left):
            without = left[:start] + left[start + size :]
            if breaks(without):
                left, shorter = without, True
            else:
                start += size
        if size == 1 and not shorter:
            return left
        size = max(1, size // 2)
