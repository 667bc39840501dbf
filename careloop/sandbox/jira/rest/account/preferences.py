"""What an account prefers."""

from collections.abc import Mapping

import orjson

from careloop.sandbox.jira.errors import Refused
from careloop.sandbox.jira.model.happening import Happening
from careloop.sandbox.jira.rest.call import Answer, Call, Route

LONGEST = 255
_DEFAULTS: Mapping[str, str] = {
    "user.notifications.mimetype": "html",
    "user.default.share.private": "true",
    "user.keyboard.shortcuts.disabled": "false",
    "user.notifiy.own.changes": "false",
}
"""Preferences that the site itself knows; the third word of the last is misspelt there (Jira OpenAPI)."""
_LOCALES = frozenset(
    {
        *("cs_CZ", "da_DK", "de_DE", "en_UK", "en_US", "es_ES", "fi_FI", "fr_FR", "hu_HU", "it_IT", "ja_JP"),
        *("ko_KR", "nl_NL", "no_NO", "pl_PL", "pt_BR", "pt_PT", "ru_RU", "sv_SE", "tr_TR", "uk_UA", "vi_VN"),
        *("th_TH", "zh_CN", "zh_TW"),
    }
)


def get(call: Call) -> Answer:
    held, key = {**_DEFAULTS, **call.actor.preferences}, call.query.get("key", "")
    if key not in held:
        raise Refused(404, f"There is no preference '{key}'.")
    return Answer(200, held[key])


def put(call: Call) -> Answer:
    user, key, value = call.actor, call.query.get("key", ""), _value(call)
    if not 0 < len(key) <= LONGEST or not 0 < len(value) <= LONGEST:
        raise Refused(404, f"A key and a value of 1 to {LONGEST} characters must be given.")
    user.preferences[key] = value
    return Answer(204)


def delete(call: Call) -> Answer:
    """Forget a preference; one that the site knows is back at its default."""
    user, key = call.actor, call.query.get("key", "")
    if key not in user.preferences and key not in _DEFAULTS:
        raise Refused(404, f"There is no preference '{key}'.")
    user.preferences.pop(key, None)
    return Answer(204)


def locale(call: Call) -> Answer:
    return Answer(200, {"locale": call.user.locale if call.user else "en_US"})


def set_locale(call: Call) -> Answer:
    user, wanted = call.actor, call.object("locale").get("locale")
    if wanted not in _LOCALES:
        raise Refused(400, f"The locale '{wanted}' is not one that this site supports.")
    user.locale = str(wanted)
    call.store.announce(Happening("user_updated", user, thing=user))
    return Answer(204)


def _value(call: Call) -> str:
    """Return a value sent as plain text, or as a JSON text, number or truth value; nothing for others."""
    text = call.body.decode("utf-8", "replace")
    if not call.headers.get("content-type", "").startswith("application/json"):
        return text
    try:
        value = orjson.loads(call.body)
    except ValueError:
        return ""
    return value if isinstance(value, str) else text if isinstance(value, bool | int | float) else ""


ROUTES: list[Route] = [
    ("GET", "/mypreferences", get),
    ("PUT", "/mypreferences", put),
    ("DELETE", "/mypreferences", delete),
    ("GET", "/mypreferences/locale", locale),
]
CLOUD_ROUTES: list[Route] = [("PUT", "/mypreferences/locale", set_locale)]
