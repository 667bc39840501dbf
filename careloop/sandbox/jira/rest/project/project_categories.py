"""The categories of projects."""

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.catalog import ProjectCategory
from careloop.sandbox.jira.rest.call import Answer, Call, Route


def every(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, [_show(call, one) for one in call.store.configuration.project_categories])


def create(call: Call) -> Answer:
    administer(call.store, call.actor)
    asked, configuration = call.object("description", "id", "name", "self"), call.store.configuration
    name = str(asked.get("name") or "").strip()
    if not name:
        raise Refused(400, errors={"name": "You must specify a valid project category name."})
    if configuration.project_categories.named(name):
        raise Refused(409, f"The project category name '{name}' already exists.")
    number = str(call.store.next_id("projectcategory"))
    made = ProjectCategory(number, name, str(asked.get("description") or ""))
    configuration.project_categories.add(made)
    return Answer(201, _show(call, made))


def get(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, _show(call, _category(call)))


def edit(call: Call) -> Answer:
    administer(call.store, call.actor)
    found, asked = _category(call), call.object("description", "id", "name", "self")
    found.name = str(asked.get("name") or found.name)
    found.description = str(asked.get("description", found.description) or "")
    call.store.configuration.revision += 1
    return Answer(200, _show(call, found))


def delete(call: Call) -> Answer:
    administer(call.store, call.actor)
    found, configuration = _category(call), call.store.configuration
    for project in configuration.projects:
        if project.category is found:
            project.category = None
    configuration.project_categories.remove(found)
    configuration.revision += 1
    return Answer(204)


def _show(call: Call, category: ProjectCategory) -> dict[str, str]:
    """Return a project category."""
    return {
        "self": f"{call.view.api}/projectCategory/{category.id}",
        "id": category.id,
        "name": category.name,
        "description": category.description,
    }


def _category(call: Call) -> ProjectCategory:
    reference = call.parameters["category"]
    found = call.store.configuration.project_categories.by_id(reference)
    if found is None:
        raise Refused(404, f"The project category with id '{reference}' does not exist.")
    return found


ROUTES: list[Route] = [
    ("GET", "/projectCategory", every),
    ("POST", "/projectCategory", create),
    ("GET", "/projectCategory/{category}", get),
    ("PUT", "/projectCategory/{category}", edit),
    ("DELETE", "/projectCategory/{category}", delete),
]
