"""The fields of a site, and their values as text and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from careloop.errors import Refused

_NAMING = ("accountId", "name", "value", "key")  # how an object is told from its like, best first
_AS_IT_IS = {"string", "date", "datetime", "any"}


class Fields:
    """Every field of a site, from `GET field`; settings may call one by id or by name."""

    def __init__(self, instance: str, listed: Iterable[Mapping[str, Any]], *, cloud: bool) -> None:
        self._instance = instance
        self._person = "accountId" if cloud else "name"
        self._schemas: dict[str, Mapping[str, Any]] = {}
        self._ids: dict[str, str] = {}
        for field in listed:
            self._schemas[field["id"]] = field.get("schema") or {"type": "string"}
            self._ids.setdefault(field["name"].casefold(), field["id"])

    def known(self, names: Iterable[str]) -> dict[str, str]:
        """Return the ids of those fields that the site has, by the names given."""
        ids = {name: name if name in self._schemas else self._ids.get(name.casefold()) for name in names}
        return {name: id for name, id in ids.items() if id}

    def find(self, name: str) -> str:
        """Return a field's id; Refused when the site has no such field, so that only what needs it waits."""
        id = self.known([name]).get(name)
        if id is None:
            raise Refused(f"{self._instance}: there is no field {name!r}; check the fields in the settings")
        return id

    def encode(self, name: str, text: str) -> tuple[str, Any]:
        """Return a field's id and its value as a request carries it; Refused when the text cannot be one."""
        id = self.find(name)
        schema = self._schemas[id]
        if schema["type"] == "array":
            return id, [self._encode(name, schema["items"], part) for part in split(text)]
        return id, self._encode(name, schema["type"], text) if text else None

    def _encode(self, name: str, kind: str, text: str) -> Any:
        if kind in _AS_IT_IS:
            return text
        if kind == "number":
            try:
                return float(text)
            except ValueError:
                raise Refused(f"{self._instance}: {name} holds numbers, and {text!r} is none") from None
        keys = {"user": self._person, "option": "value", "issuelink": "key", "project": "key"}
        return {keys.get(kind, "name"): text}


def split(text: str) -> list[str]:
    """Return the members of a list that was rendered as text."""
    return [part.strip() for part in text.split(",") if part.strip()]


def render(value: Any) -> str:
    """Return a field's value as text: an object's name, a person's account id, a list parted by commas."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case list():
            return ",".join(render(member) for member in value)
        case {"requestType": kind}:
            return render(kind)
        case dict():
            text = next((str(value[name]) for name in _NAMING if value.get(name)), "")
            return f"{text} > {render(value['child'])}" if value.get("child") else text
        case _:
            return str(value)


def same(left: str, right: str) -> bool:
    """Tell whether two texts are the same to Jira, which trims them and writes line ends in its own way."""
    return left.replace("\r\n", "\n").strip() == right.replace("\r\n", "\n").strip() or (
        "," in left and sorted(split(left)) == sorted(split(right))
    )
