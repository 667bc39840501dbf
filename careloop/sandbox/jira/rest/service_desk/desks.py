"""Service desks, and what of Service Management stands beside them."""

from functools import partial

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import ServiceDesk
from careloop.sandbox.jira.rest.call import Answer, Call, Handler, Route
from careloop.sandbox.jira.rest.service_desk.paging import link, paged
from careloop.sandbox.jira.rest.service_desk.views import show_date, show_desk
from careloop.sandbox.jira.service import desks as service


def info(call: Call) -> Answer:
    """Return the version; anybody may ask."""
    is_cloud, now = call.store.is_cloud, call.store.now()
    version = ("1001.0.0-SNAPSHOT", "1001.0.0-SNAPSHOT") if is_cloud else ("5.12.15", "9.12.15")
    shown = {
        "version": version[0],
        "platformVersion": version[1],
        "buildDate": show_date(call, now.replace(month=1, day=5, hour=0, minute=0, second=0)),
        "buildChangeSet": "0" * 40,
        "isLicensedForUse": True,
        "_links": link(call, "/info"),
    }
    return Answer(200, shown)


def desks(call: Call) -> Answer:
    rows = service.desks(call.store, call.actor)
    return Answer(200, paged(call, "/servicedesk", rows, partial(show_desk, call)))


def desk(call: Call) -> Answer:
    return Answer(200, show_desk(call, desk_of(call)))


def articles(call: Call) -> Answer:
    """Return no articles: no knowledge base is linked to this site."""
    call.sign_in()
    path = f"/servicedesk/{desk_of(call).id}" if "desk" in call.parameters else ""
    if not call.query.get("query"):
        raise Refused(400, "The query is required.")
    return Answer(200, paged(call, f"{path}/knowledgebase/article", [], dict))


def workspaces(name: str) -> Handler:
    """Return a handler that knows no workspaces: Assets, once called Insight, is not part of this site."""

    def answer(call: Call) -> Answer:
        call.sign_in()
        return Answer(200, paged(call, f"/{name}/workspace", [], dict))

    return answer


def desk_of(call: Call) -> ServiceDesk:
    """Return the service desk that the address names."""
    return service.desk(call.store, call.actor, call.parameters["desk"])


def desk_of_agent(call: Call) -> ServiceDesk:
    """Return the service desk that the address names to one of its agents."""
    return service.desk_for_agent(call.store, call.actor, call.parameters["desk"])


def desk_of_administrator(call: Call) -> ServiceDesk:
    """Return the service desk that the address names to whoever may set it up."""
    return service.desk_for_administrator(call.store, call.actor, call.parameters["desk"])


ROUTES: list[Route] = [
    ("GET", "/info", info),
    ("GET", "/servicedesk", desks),
    ("GET", "/servicedesk/{desk}", desk),
    ("GET", "/servicedesk/{desk}/knowledgebase/article", articles),
    ("GET", "/knowledgebase/article", articles),
    ("GET", "/assets/workspace", workspaces("assets")),
    ("GET", "/insight/workspace", workspaces("insight")),
]
