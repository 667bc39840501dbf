"""The registered application and the key of the integration account, there from the first moment."""

from collections.abc import Mapping
from uuid import NAMESPACE_URL, uuid5

from careloop.sandbox.servicenow.store.database import Database

CLIENT_ID = uuid5(NAMESPACE_URL, "careloop sandbox client").hex
CLIENT_SECRET = "careloop-secret"  # noqa: S105 - a pretend one
API_KEY = "careloop-api-key"


def plant_access(db: Database, user_name: str, stamp: str) -> None:
    """Register both for a user."""
    user = next(db.where("sys_user", user_name=user_name))
    owner = {"name": user_name, "active": "true", "user": user[0].value(user[1], "sys_id")}
    client = {"type": "client", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    _insert(db, "oauth_entity", {**owner, **client}, stamp)
    _insert(db, "api_key", {**owner, "token": API_KEY}, stamp)


def _insert(db: Database, table: str, values: Mapping[str, str], stamp: str) -> None:
    times = dict.fromkeys(("sys_created_on", "sys_updated_on"), stamp)
    people = dict.fromkeys(("sys_created_by", "sys_updated_by"), "system")
    sys_id = uuid5(NAMESPACE_URL, f"careloop sandbox {table}").hex
    db.insert(table, {**values, **times, **people, "sys_mod_count": "0", "sys_id": sys_id})
