"""Which API answers at which address."""

import re
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from careloop.sandbox.servicenow.rest import (
    aggregate_api,
    attachment_api,
    batch_api,
    import_api,
    problem_states_api,
    table_api,
    tiny_url_api,
)
from careloop.sandbox.servicenow.rest.call import Api

_NOW = "/api/now(?:/(?P<version>v[12]))?"
_PROBLEM = "/api/x_rhtpp_ansible/problem/(?P<number>[^/]+)/new_state/(?P<state>[^/]+)"


class Address(NamedTuple):
    """A pattern of addresses, the name under which limits speak of their API, and what answers.

    Where the answer is a file, `formats` is False: callers may take any.
    """

    pattern: re.Pattern[str]
    name: str
    api: Api
    formats: bool = True


def list_addresses(dispatch: batch_api.Dispatch) -> Sequence[Address]:
    """Return every address; `dispatch` answers the requests inside a batch."""
    file = re.compile(_NOW + "/attachment/(?P<sys_id>[^/]+)/file/?")
    return (
        _address("/table/(?P<table>[^/]+)(?:/(?P<sys_id>[^/]+))?", "Table API", table_api.answer),
        _address("/stats/(?P<table>[^/]+)", "Aggregate API", aggregate_api.answer),
        Address(file, "Attachment API", attachment_api.answer_file, formats=False),
        _address("/attachment(?:/(?P<sys_id>[^/]+))?", "Attachment API", attachment_api.answer),
        _address("/import/(?P<table>[^/]+)(?:/(?P<sys_id>[^/]+))?", "Import Set API", import_api.answer),
        _address("/batch", "Batch API", partial(batch_api.answer, dispatch=dispatch)),
        _address("/tinyurl", "Tiny URL API", tiny_url_api.answer),
        Address(re.compile(_PROBLEM + "/?"), "Problem API", problem_states_api.answer),
    )


def _address(pattern: str, name: str, api: Api) -> Address:
    return Address(re.compile(f"{_NOW}{pattern}/?"), name, api)
