"""What talking to a platform costs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went over the wire so far: calls sent (retries among them), bytes of answers."""

    requests: int = 0
    retries: int = 0
    received: int = 0
