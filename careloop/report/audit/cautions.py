"""What to read with care: what was noticed in the data, and rows that could not be read."""

from collections.abc import Iterator

from careloop.report.audit.figures import Audit
from careloop.report.words import say_count


def cautions(audit: Audit) -> Iterator[str]:
    """Yield one sentence for each note, and one for each unreadable row that is listed."""
    for note in audit.notes:
        named = note.startswith(audit.source.names)  # a file keeps the name it has
        yield f"{note if named else note[0].upper() + note[1:]}."
    if audit.unreadable_rows:
        yield f"{say_count(audit.unreadable_rows, 'row')} could not be read and are in no figure:"
        for row in audit.unreadable:
            yield f"{row.file}{f', line {row.line}' if row.line else ''}: {row.why}"
        if audit.unreadable_rows > len(audit.unreadable):
            yield f"and {audit.unreadable_rows - len(audit.unreadable):,} more"
