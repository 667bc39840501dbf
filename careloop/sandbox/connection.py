"""What may become of a connection before the client has its whole answer.

An ASGI app has no word for this, so the fault rules raise one of these and whoever carries the call
translates it: `adapter.py` into the exception that requests would raise, `server.py` into what happens on
the wire.
"""


class Dropped(Exception):
    """The connection breaks: no answer, or no more of an answer that has begun, reaches the client."""


class TimedOut(Exception):
    """The connection stays open and silent until the client loses patience."""


class Unreachable(TimedOut):
    """No connection comes about, so the client knows that nothing can have happened."""
