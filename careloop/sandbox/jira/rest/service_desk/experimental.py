"""Experimental operations, which answer only to those who say that they know."""

from functools import wraps

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.rest.call import Answer, Call, Handler

HEADER = "X-ExperimentalApi"


def experimental(handler: Handler) -> Handler:
    """Return a handler that wants the header `X-ExperimentalApi: opt-in`; 412 without it.

    Which operations do is read in the Service Management OpenAPI document (x-experimental); that the status
    is 412 and that Cloud still insists is a switch.
    """

    @wraps(handler)
    def guarded(call: Call) -> Answer:
        if call.store.switches.experimental_header == "required" and not call.headers.get(HEADER):
            message = f"This API is experimental. Set the header '{HEADER}: opt-in' to use it."
            raise Refused(412, message)
        return handler(call)

    return guarded
