"""Why the instance refuses something, with the words of its error body."""

from collections.abc import Mapping
from types import MappingProxyType


class Refused(Exception):
    """A refusal with its HTTP status, headers, and the `message` and `detail` of the error body."""

    status = 403
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, message: str, detail: str | None = None) -> None:
        super().__init__(": ".join(part for part in (message, detail) if part))
        self.message = message
        self.detail = detail


class UnknownTable(Refused):
    """The table does not exist."""

    status = 400

    def __init__(self, table: str) -> None:
        super().__init__(f"Invalid table {table}")


class NotFound(Refused):
    """The record does not exist, or the user may not see it."""

    status = 404

    def __init__(self) -> None:
        super().__init__("No Record found", "Record doesn't exist or ACL restricts the record retrieval")


class AclRefused(Refused):
    """An access control rule forbids the operation (`Insert`, `Update` or `Delete`)."""

    def __init__(self, operation: str) -> None:
        super().__init__("Operation Failed", f"ACL Exception {operation} Failed due to security constraints")


class DataPolicyRefused(Refused):
    """Mandatory columns are empty; `labels` names them."""

    def __init__(self, labels: list[str]) -> None:
        wanted = f"The following fields are mandatory: {', '.join(labels)}"
        super().__init__("Operation Failed", f"Data Policy Exception: \n\t{wanted}")


class RuleRefused(Refused):
    """A business rule aborted the write."""

    def __init__(self, table: str, rule: str) -> None:
        aborted = f"Operation against file '{table}' was aborted by Business Rule '{rule}'"
        super().__init__("Operation Failed", f"{aborted}. Business Rule Stack:{rule}")


class HttpRefused(Refused):
    """The call itself is not in order; `status` says how."""

    def __init__(
        self, status: int, message: str, detail: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, detail)
        self.status = status
        self.headers = headers or {}
