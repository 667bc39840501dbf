"""Every error careloop raises, sorted by what the operator does next.

CareloopError
├── TryAgain            nothing to do: the next run tries again
│   ├── Unreachable         no connection, or the platform answered with a failure of its own
│   ├── RateLimited         the platform asked us to wait
│   └── AnswerLost          a write was sent and no answer came: it may have happened
├── RecordFailed        one record or change waits with its cause; the rest goes on
│   ├── Refused             the platform said no to this write
│   ├── RecordMissing       the record is not there, or not visible to us
│   └── UnreadableRecord    the record holds something no one can make sense of
├── PersonMustAct       a person decides, then runs again
│   ├── LimitExceeded       the plan is larger than the limits allow
│   ├── RulesDisagree       two policies want opposite things for one record
│   ├── StoreNotOurs        the store was copied, or the instance was cloned
│   ├── AlreadyRunning      another run holds the lock
│   └── UnknownNumber       no record with that number is known
└── FixSettings         a setting, a credential or a right must change
    ├── SettingsError       the settings file cannot be used
    ├── AuthenticationRefused
    ├── RightMissing
    └── NotAnApi            the address answers, but not with the API we expect

Each message says what happened, to which record, and what to do, in one line.
"""


class CareloopError(Exception):
    """Something careloop can explain."""


class TryAgain(CareloopError):
    """Nothing to do: the next run tries again."""


class Unreachable(TryAgain):
    """No connection could be made, or the platform answered with a failure of its own."""


class RateLimited(TryAgain):
    """The platform asked us to wait; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AnswerLost(TryAgain):
    """A write was sent and no answer came, so it may have happened."""


class RecordFailed(CareloopError):
    """One record or change waits with its cause; the rest goes on."""


class Refused(RecordFailed):
    """The platform said no to this write; it did not happen."""


class RecordMissing(RecordFailed):
    """The record is not there, or not visible to our account."""


class UnreadableRecord(RecordFailed):
    """The record holds something that cannot be made sense of."""


class PersonMustAct(CareloopError):
    """A person decides, then runs again."""


class LimitExceeded(PersonMustAct):
    """The plan is larger than the limits allow, so none of it is done."""


class RulesDisagree(PersonMustAct):
    """Two policies want opposite things for one record."""


class StoreNotOurs(PersonMustAct):
    """The store was copied to another place, or an instance behind it was exchanged."""


class AlreadyRunning(PersonMustAct):
    """Another run holds the lock on the store."""


class UnknownNumber(PersonMustAct):
    """No record with that number is known."""


class FixSettings(CareloopError):
    """A setting, a credential or a right must change."""


class SettingsError(FixSettings):
    """The settings file cannot be used as it stands."""


class AuthenticationRefused(FixSettings):
    """The platform does not accept the credentials."""


class RightMissing(FixSettings):
    """Our account lacks a right that the work needs."""


class NotAnApi(FixSettings):
    """The address answers, but not with the API that was expected."""
