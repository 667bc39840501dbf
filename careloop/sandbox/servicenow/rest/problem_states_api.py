"""The app that Red Hat publishes for its Ansible collection, which moves problems from state to state.

Address, parameters and limits as the app's own description has them (ansible-collections/servicenow.itsm,
documentation of the scripted REST API); switched off with `sandbox.app.x_rhtpp_ansible` = `false`.
"""

from careloop.sandbox.servicenow.errors import HttpRefused, NotFound
from careloop.sandbox.servicenow.rest.call import Call, Reply
from careloop.sandbox.servicenow.rest.params import read_params
from careloop.sandbox.servicenow.rest.rendering import render

_ACCEPTED = frozenset(
    {
        *("assigned_to", "resolution_code", "short_description", "fix_notes", "cause_notes", "close_notes"),
        "duplicate_of",
    }
)


def answer(call: Call) -> Reply:
    """Answer `/api/x_rhtpp_ansible/problem/<number>/new_state/<state>`."""
    if not call.engine.properties.flag("sandbox.app.x_rhtpp_ansible", default=True):
        raise HttpRefused(400, "Requested URI does not represent any resource")
    return call.choose({"PATCH": _move})


def _move(call: Call) -> Reply:
    engine = call.engine
    found = next(engine.db.where("problem", number=call.path["number"]), None)
    if found is None:
        raise NotFound
    row = engine.records.read(call.session, "problem", found[0].value(found[1], "sys_id"))
    fields = {name: value for name, value in call.fields().items() if name in _ACCEPTED}
    state = call.path["state"]
    engine.records.update(call.session, row, {**fields, "state": state, "problem_state": state})
    params = read_params(engine.db, "problem", call.query)
    return Reply(200, render([row], call, engine.db.dictionary["problem"], params)[0])
