"""Making and changing dashboards and what is on them."""

from collections.abc import Mapping
from typing import Any

from careloop.sandbox.jira.actions.saved.sharing import name_is_taken, read_shares, share_by_default
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.configuration import read
from careloop.sandbox.jira.model.dashboard import Dashboard, Gadget
from careloop.sandbox.jira.model.users import User
from careloop.sandbox.jira.store import Store

COLORS = ("blue", "red", "yellow", "green", "cyan", "purple", "gray", "white")
MOST_COLUMNS = 3
_LONGEST = 255
Asked = Mapping[str, Any]


def create(store: Store, user: User, asked: Asked, model: Dashboard | None = None) -> Dashboard:
    """Make a dashboard, empty or with the gadgets of another; 400 without a name or for one that is taken."""
    made = Dashboard(str(store.next_id("dashboard")), "", user)
    if model:
        made.description = model.description
        made.columns = [[_copy(store, gadget) for gadget in gadgets] for gadgets in model.columns]
    share_by_default(store, made)
    write(store, user, made, asked)
    store.dashboards[made.id] = made
    return made


def write(store: Store, user: User, found: Dashboard, asked: Asked) -> None:
    """Take the name, description and shares of a request; 400 names what is wrong."""
    name = str(asked.get("name") or "").strip()
    if not 0 < len(name) <= _LONGEST:
        raise invalid("name", "You must specify a name for the dashboard.")
    if name_is_taken(found, name, found.owner, store.dashboards.values()):
        raise invalid("name", "A dashboard with the same name already exists.")
    shares, edit_shares = (
        read_shares(store, user, asked.get(key) or []) for key in ("sharePermissions", "editPermissions")
    )
    found.name = name
    if "description" in asked:
        found.description = str(asked["description"] or "")
    if asked.get("sharePermissions") is not None:
        found.shares = shares
    if asked.get("editPermissions") is not None:
        found.edit_shares = edit_shares


def find(store: Store, user: User | None, reference: str) -> Dashboard:
    """Return a dashboard that an account sees; 404 says the same of absent and hidden ones."""
    found = store.dashboards.get(reference)
    if found is None or not found.is_seen_by(user, store.rights):
        raise Refused(404, f"The dashboard with id '{reference}' does not exist.")
    return found


def editable(store: Store, user: User, reference: str, status: int = 404) -> Dashboard:
    """Return a dashboard that an account may change; a refusal for any other that it sees."""
    found = find(store, user, reference)
    if not found.is_edited_by(user, store.rights):
        raise Refused(status, f"You may not change the dashboard '{found.name}'.")
    return found


def find_gadget(found: Dashboard, reference: str) -> Gadget:
    """Return a gadget of a dashboard; 404 when it has none of this id."""
    gadget = next((one for _, _, one in found.gadgets() if str(one.id) == reference), None)
    if gadget is None:
        raise Refused(404, f"The dashboard '{found.name}' has no gadget with id '{reference}'.")
    return gadget


def add_gadget(store: Store, found: Dashboard, asked: Asked) -> Gadget:
    """Put a gadget on a dashboard, at the end of the first column unless it says where."""
    key, uri = asked.get("moduleKey"), asked.get("uri")
    if bool(key) == bool(uri):
        raise Refused(400, "Either a moduleKey or a uri must be given.")
    known = next((row for row in gadgets() if key == row.get("moduleKey") and uri == row.get("uri")), None)
    if known is None and not asked.get("ignoreUriAndModuleKeyValidation"):
        raise Refused(400, f"There is no gadget '{key or uri}'.")
    title = str(asked.get("title") or (known["title"] if known else "Gadget"))
    made = Gadget(store.next_id("gadget"), title, _color(asked, "blue"), key, uri)
    position = asked.get("position")
    column, row = _position(position) if position is not None else (0, len(found.columns[0]))
    found.place(made, column, row)
    return made


def edit_gadget(found: Dashboard, gadget: Gadget, asked: Asked) -> None:
    """Change the title, color and place of a gadget as far as they are named."""
    color = _color(asked, gadget.color)
    place = _position(asked["position"]) if asked.get("position") is not None else None
    gadget.title, gadget.color = str(asked.get("title") or gadget.title), color
    if place:
        found.place(gadget, *place)


def gadgets() -> list[dict[str, str]]:
    """Return the gadgets that there are, each with its title and its module key or URI."""
    rows: list[dict[str, str]] = read("gadgets")
    return rows


def _copy(store: Store, gadget: Gadget) -> Gadget:
    number, properties = store.next_id("gadget"), dict(gadget.properties or {})
    return Gadget(number, gadget.title, gadget.color, gadget.module_key, gadget.uri, properties)


def _color(asked: Asked, default: str) -> str:
    color = asked.get("color") or default
    if color not in COLORS:
        raise invalid("color", f"The color must be one of {', '.join(COLORS)}.")
    return str(color)


def _position(raw: Any) -> tuple[int, int]:
    column, row = (raw.get("column"), raw.get("row")) if isinstance(raw, Mapping) else (None, None)
    if not isinstance(column, int) or not isinstance(row, int) or row < 0 or not 0 <= column < MOST_COLUMNS:
        raise invalid("position", f"The position needs a row and a column below {MOST_COLUMNS}.")
    return column, row
