"""Settings of the whole site, which administrators read and change."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from careloop.sandbox.jira.actions.administration import administer
from careloop.sandbox.jira.errors import Refused, invalid
from careloop.sandbox.jira.model.configuration import read
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.model.rights import ADMINISTRATORS
from careloop.sandbox.jira.model.settings import TimeTracking
from careloop.sandbox.jira.model.users import LICENSED
from careloop.sandbox.jira.rest.call import Answer, Call, Route

_PROVIDER = {"key": "JIRA", "name": "JIRA provided time tracking"}
_UNITS, _FORMATS = ("minute", "hour", "day", "week"), ("pretty", "days", "hours")
_BANNER = ("isDismissible", "isEnabled", "message", "visibility")
_PRODUCTS = {
    "jira-core": "Jira Core",
    "jira-software": "Jira Software",
    "jira-servicedesk": "Jira Service Management",
}
_TRUTH = ("true", "false")


def properties(call: Call) -> Answer:
    """Return every property that can be changed, those that match a pattern, or the one of a key."""
    administer(call.store, call.actor, 404)
    key, pattern = call.query.get("key"), call.query.get("keyFilter")
    if key:
        return Answer(200, _show_property(call, _property(key)))
    try:
        wanted = re.compile(pattern or "")
    except re.error:
        raise Refused(404, f"The keyFilter '{pattern}' is no regular expression.") from None
    rows = [row for row in read("application_properties") if not pattern or wanted.fullmatch(row["key"])]
    return Answer(200, [_show_property(call, row) for row in rows])


def advanced(call: Call) -> Answer:
    administer(call.store, call.actor)
    rows = (row for row in read("application_properties") if row["advanced"])
    return Answer(200, [_show_property(call, row) for row in rows])


def set_property(call: Call) -> Answer:
    administer(call.store, call.actor)
    row, asked = _property(call.parameters["id"]), call.object("id", "value")
    value = asked.get("value")
    if not isinstance(value, str):
        raise invalid("value", "The value must be given as a string.")
    if row["type"] == "number" and not value.lstrip("-").isdecimal():
        raise invalid("value", "The value must be a whole number.")
    if row["type"] == "boolean" and value not in _TRUTH:
        raise invalid("value", "The value must be true or false.")
    call.store.settings.properties[row["key"]] = value
    return Answer(200, _show_property(call, row))


def roles(call: Call) -> Answer:
    administer(call.store, call.actor)
    return Answer(200, [_show_role(call, key) for key in _PRODUCTS])


def role(call: Call) -> Answer:
    administer(call.store, call.actor)
    key = call.parameters["key"]
    if key not in _PRODUCTS:
        raise Refused(404, f"There is no application role '{key}'.")
    return Answer(200, _show_role(call, key))


def banner(call: Call) -> Answer:
    administer(call.store, call.actor)
    shown = call.store.settings.banner
    return Answer(200, {**shown, "hashId": sha256(str(shown["message"]).encode()).hexdigest()[:32].upper()})


def set_banner(call: Call) -> Answer:
    """Change what a request names of the banner."""
    administer(call.store, call.actor)
    asked = call.object(*_BANNER)
    kinds: Mapping[str, type] = {"isDismissible": bool, "isEnabled": bool, "message": str}
    if any(name in asked and not isinstance(asked[name], kind) for name, kind in kinds.items()):
        raise Refused(400, "The banner has a message, and says whether it is enabled and dismissible.")
    if asked.get("visibility", "public") not in ("public", "private"):
        raise invalid("visibility", "The visibility must be public or private.")
    call.store.settings.banner |= asked
    return Answer(204)


def licenses(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, {"applications": [{"id": key, "plan": "PAID"} for key in _PRODUCTS]})


def license_count(call: Call) -> Answer:
    administer(call.store, call.actor)
    return Answer(200, {"key": "license.totalApproximateUserCount", "value": str(_licensed(call))})


def license_count_of(call: Call) -> Answer:
    administer(call.store, call.actor)
    key = call.parameters["application"]
    count = _licensed(call) if key in _PRODUCTS else 0
    return Answer(200, {"key": f"license.{key}.approximateUserCount", "value": str(count)})


def time_provider(call: Call) -> Answer:
    call.sign_in()
    address = f"{call.root}/secure/admin/TimeTrackingAdmin.jspa"
    return Answer(200, {**_PROVIDER, "url": address})


def time_providers(call: Call) -> Answer:
    administer(call.store, call.actor)
    return Answer(200, [_PROVIDER])


def set_time_provider(call: Call) -> Answer:
    """Choose the one provider that there is."""
    administer(call.store, call.actor)
    if str(call.object("key", "name", "url").get("key")).upper() != _PROVIDER["key"]:
        raise Refused(400, "There is no time tracking provider with this key.")
    call.store.announce(Happening("option_timetracking_provider_changed", call.actor))
    return Answer(204)


def time_tracking(call: Call) -> Answer:
    call.sign_in()
    return Answer(200, call.store.settings.time_tracking.show())


def set_time_tracking(call: Call) -> Answer:
    administer(call.store, call.actor)
    asked = call.object("defaultUnit", "timeFormat", "workingDaysPerWeek", "workingHoursPerDay")
    hours, days = (_span(asked, name, most) for name, most in _SPANS)
    unit, form = asked.get("defaultUnit"), asked.get("timeFormat")
    if unit not in _UNITS or form not in _FORMATS:
        raise Refused(400, f"The units are {', '.join(_UNITS)} and the formats {', '.join(_FORMATS)}.")
    call.store.settings.time_tracking = TimeTracking(hours, days, str(form), str(unit))
    return time_tracking(call)


_SPANS = (("workingHoursPerDay", 24), ("workingDaysPerWeek", 7))


def _span(asked: Mapping[str, Any], name: str, most: int) -> float:
    value = asked.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        raise invalid(name, f"The {name} must be a number up to {most}.")
    return float(value)


def _property(key: str) -> dict[str, Any]:
    found: dict[str, Any] | None = next((r for r in read("application_properties") if r["key"] == key), None)
    if found is None:
        raise Refused(404, f"There is no application property '{key}'.")
    return found


def _show_property(call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    key, default = row["key"], row["default"]
    return {
        "id": key,
        "key": key,
        "name": row["name"],
        "type": row["type"],
        "defaultValue": default,
        "value": call.store.settings.properties.get(key, default),
    }


def _licensed(call: Call) -> int:
    return sum(LICENSED in user.groups and user.active for user in call.store.people)


def _show_role(call: Call, key: str) -> dict[str, Any]:
    """Return a product and the groups that may use it."""
    people = call.store.people
    groups = [group for name in (LICENSED, ADMINISTRATORS) if (group := people.group(name))]
    shown = [call.view.piece(group) for group in groups]
    count = _licensed(call)
    return {
        "key": key,
        "name": _PRODUCTS[key],
        "groups": [group.name for group in groups],
        "groupDetails": shown,
        "defaultGroups": [LICENSED],
        "defaultGroupsDetails": shown[:1],
        "selectedByDefault": key == "jira-software",
        "defined": True,
        "numberOfSeats": -1,
        "remainingSeats": -1,
        "userCount": count,
        "userCountDescription": f"{count} users",
        "hasUnlimitedSeats": True,
        "platform": key == "jira-core",
    }


CLOUD_ROUTES: list[Route] = [
    ("GET", "/application-properties", properties),
    ("GET", "/application-properties/advanced-settings", advanced),
    ("PUT", "/application-properties/{id}", set_property),
    ("GET", "/applicationrole", roles),
    ("GET", "/applicationrole/{key}", role),
    ("GET", "/announcementBanner", banner),
    ("PUT", "/announcementBanner", set_banner),
    ("GET", "/instance/license", licenses),
    ("GET", "/license/approximateLicenseCount", license_count),
    ("GET", "/license/approximateLicenseCount/product/{application}", license_count_of),
    ("GET", "/configuration/timetracking", time_provider),
    ("PUT", "/configuration/timetracking", set_time_provider),
    ("GET", "/configuration/timetracking/list", time_providers),
    ("GET", "/configuration/timetracking/options", time_tracking),
    ("PUT", "/configuration/timetracking/options", set_time_tracking),
]
