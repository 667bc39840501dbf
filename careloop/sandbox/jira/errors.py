"""What Jira says when it refuses."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """An HTTP status of 400 or above, with general messages and messages for each field."""

    def __init__(
        self,
        status: int,
        *messages: str,
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, *messages, dict(errors or {}))
        self.headers = dict(headers or {})
        self.status = status
        self.messages = list(messages)
        self.errors = dict(errors or {})

    def platform_body(self) -> dict[str, Any]:
        """Return the error body of /rest/api."""
        return {"errorMessages": self.messages, "errors": self.errors}

    def service_desk_body(self) -> dict[str, Any]:
        """Return the error body of /rest/servicedeskapi, which has room for one message only."""
        message = next(iter([*self.messages, *self.errors.values()]), "")
        return {
            "errorMessage": message,
            "i18nErrorMessage": {"i18nKey": f"sd.refused.{self.status}", "parameters": []},
        }


def invalid(field: str, message: str) -> Refused:
    """Return a 400 about one field."""
    return Refused(400, errors={field: message})


def missing_issue() -> Refused:
    """Return the 404 that hides whether an issue is absent or only out of sight."""
    return Refused(404, "Issue does not exist or you do not have permission to see it.")
