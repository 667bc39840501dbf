"""One run at a time on one store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from careloop.errors import AlreadyRunning, SettingsError
from careloop.store.engine import read_location


@contextmanager
def run_lock(location: str | Path) -> Iterator[None]:
    """Hold the lock beside a store; it is let go when the process ends, however it ends.

    Raises AlreadyRunning when another process holds it.
    """
    lock = FileLock(f"{read_location(location)}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise AlreadyRunning(
            f"another careloop holds {lock.lock_file}; wait until it has ended, or stop it and run again"
        ) from error
    except OSError as error:
        raise SettingsError(f"{lock.lock_file} cannot be used as a lock: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()
