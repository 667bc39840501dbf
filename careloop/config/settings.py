"""Settings as frozen values, read once, with every fault named by file, line and column."""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from careloop.config.document import Document, Place, read_document
from careloop.config.secrets import REFERENCES, SecretMissing, resolve
from careloop.config.sections import LinkSection, PromiseSection, Root
from careloop.errors import SettingsError
from careloop.ports import Policy
from careloop.sync.pairs import STATE

SECRET_KEYS = ("password", "token", "secret")


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One platform instance; `section` is the vendor's own settings class."""

    name: str
    kind: str
    url: str
    production: bool
    section: BaseModel

    @property
    def is_loopback(self) -> bool:
        """Tell whether the address is this machine itself."""
        host = urlsplit(self.url).hostname or ""
        if host == "localhost":
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, kw_only=True)
class PolicySection:
    """One policy as the file has it: what all policies share, and its own settings."""

    policy: Policy
    common: PromiseSection
    own: Any


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole file, checked; relative paths are relative to the file."""

    path: Path
    root: Root
    instances: tuple[Instance, ...]
    policies: tuple[PolicySection, ...]

    @property
    def store(self) -> str:
        """Return the store's address: a database URL, or a path beside the file."""
        return self.root.store if "://" in self.root.store else str(self.path.parent / self.root.store)


def load(
    path: Path,
    *,
    kinds: Mapping[str, type[BaseModel]],
    policies: Iterable[Policy],
    environ: Mapping[str, str] | None,
) -> Settings:
    """Read and check a settings file; raises SettingsError naming file, line and column.

    `environ` is where secrets named `env:` are; None leaves every secret unresolved.
    """
    document = read_document(path)
    root: Root = _validate(TypeAdapter(Root), document.data, document, ())
    instances = tuple(_instance(name, document, kinds, environ) for name in root.instances)
    settings = Settings(
        path=path, root=root, instances=instances, policies=tuple(_policies(document, tuple(policies)))
    )
    _check_links(settings, document)
    _check_loopback(settings, document)
    return settings


def _instance(
    name: str, document: Document, kinds: Mapping[str, type[BaseModel]], environ: Mapping[str, str] | None
) -> Instance:
    at = ("instances", name)
    if "/" in name:
        raise document.error(at, "a name of an instance holds no slash")
    data = document.data["instances"][name]
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise document.error((*at, "kind"), f"is one of {', '.join(sorted(kinds))}, not {kind!r}")
    resolved = _with_secrets(data, at, document, environ)
    section: BaseModel = _validate(TypeAdapter(kinds[kind]), resolved, document, at)
    try:
        urlsplit(str(getattr(section, "url", "")))
    except ValueError as error:
        raise document.error((*at, "url"), f"is no address: {error}") from error
    return Instance(
        name=name,
        kind=kind,
        url=str(getattr(section, "url", "")),
        production=bool(getattr(section, "production", False)),
        section=section,
    )


def _with_secrets(
    value: Any, at: tuple[str | int, ...], document: Document, environ: Mapping[str, str] | None
) -> Any:
    if isinstance(value, dict):
        return {key: _with_secrets(item, (*at, key), document, environ) for key, item in value.items()}
    if not isinstance(value, str) or at[-1] not in SECRET_KEYS:
        return value
    if not value.startswith(REFERENCES):
        raise document.error(
            at, "a secret does not stand in the file; write env:NAME, file:PATH or keyring:SERVICE/NAME"
        )
    if environ is None:
        return value
    try:
        return resolve(value, environ, document.path.parent)
    except SecretMissing as error:
        raise document.error(at, str(error)) from error


def _policies(document: Document, policies: tuple[Policy, ...]) -> Iterable[PolicySection]:
    written = document.data.get("policies") or {}
    known = {policy.name for policy in policies}
    for name in written:
        if name not in known | {"defaults"}:
            choices = ", ".join(sorted(known))
            raise document.error(("policies", name), f"no policy has this name; there are {choices}")
    defaults = written.get("defaults") or {}
    _validate(TypeAdapter(PromiseSection), defaults, document, ("policies", "defaults"))
    for policy in policies:
        if policy.name not in written:
            continue
        yield _policy(policy, defaults, written[policy.name] or {}, document)


def _policy(
    policy: Policy, defaults: dict[str, Any], given: dict[str, Any], document: Document
) -> PolicySection:
    at = ("policies", policy.name)
    shared = {key: value for key, value in given.items() if key in PromiseSection.model_fields}
    own = {key: value for key, value in given.items() if key not in shared}
    common: PromiseSection = _validate(TypeAdapter(PromiseSection), defaults | shared, document, at)
    shape = checked(config=ConfigDict(extra="forbid"), frozen=True)(policy.settings)
    _validate(TypeAdapter(shape), own, document, at)
    plain: Any = _validate(TypeAdapter(policy.settings), own, document, at)
    for key, value in own.items():
        numbers = value if isinstance(value, list) else [value]
        if any(isinstance(number, int | float) and number < 0 for number in numbers):
            raise document.error((*at, key), "must not be negative")
    return PolicySection(policy=policy, common=common, own=plain)


def _check_links(settings: Settings, document: Document) -> None:
    known = {instance.name: getattr(instance.section, "queries", {}) for instance in settings.instances}
    titles: set[str] = set()
    for index, link in enumerate(settings.root.sync.links):
        place = ("sync", "links", index)
        for end, side in ((link.left, "from"), (link.right, "to")):
            at = (*place, side)
            if end.instance not in known:
                raise document.error((*at, "instance"), f"no instance is called {end.instance!r}")
            if not end.container:
                raise document.error(at, "name a table or a project")
            if end.container not in known[end.instance]:
                raise document.error(
                    at, f"{end.container} is not read; add it to the tables or projects of {end.instance}"
                )
        if link.title in titles:
            raise document.error(place, f"two links are called {link.title!r}; give each a 'name' of its own")
        titles.add(link.title)
        _check_fields(link, place, document)


def _check_fields(link: LinkSection, place: Place, document: Document) -> None:
    """What both sides last held is kept by field, so each may stand in one line only."""
    lefts: set[str] = set()
    rights: set[str] = set()
    for index, field in enumerate(link.fields):
        at = (*place, "fields", index)
        if field.left == STATE:
            raise document.error(at, "states are mapped under 'states'")
        if field.left in lefts or field.right in rights:
            raise document.error(at, f"{field.left} or {field.right} is mapped twice")
        lefts.add(field.left)
        rights.add(field.right)


def _check_loopback(settings: Settings, document: Document) -> None:
    outside = [instance.name for instance in settings.instances if not instance.is_loopback]
    if not outside:
        return
    if settings.root.clock == "platform":
        raise document.error(
            ("clock",),
            f"'platform' is for sandboxes on this machine, but {outside[0]} is elsewhere; write system",
        )
    if settings.root.contact.non_production == "send" and any(
        not instance.production for instance in settings.instances if instance.name in outside
    ):
        raise document.error(
            ("contact", "non_production"),
            f"'send' is for sandboxes on this machine, but {outside[0]} is elsewhere; "
            "mark it 'production: true' when its people may be contacted",
        )


def _validate(adapter: TypeAdapter[Any], data: Any, document: Document, at: tuple[str | int, ...]) -> Any:
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _plain_error(document, _place(document, at, first), first) from None


def _place(document: Document, at: Place, first: Any) -> Place:
    """Return the way to a fault as the file has it, without what pydantic adds: names of types and tags."""
    for part in first["loc"]:
        if (*at, part) in document.places:
            at = (*at, part)
    return (*at, first["loc"][-1]) if first["type"] == "missing" else at


def _plain_error(document: Document, where: tuple[str | int, ...], first: Any) -> SettingsError:
    match first["type"]:
        case "extra_forbidden" | "unexpected_keyword_argument":
            return document.error(where, "no setting has this name here")
        case "missing":
            return document.error(where, "is missing")
        case "literal_error":
            return document.error(where, f"must be {first['ctx']['expected']}")
        case "enum":
            return document.error(where, f"must be {first['ctx']['expected']}")
        case "value_error":
            return document.error(where, str(first["ctx"]["error"]))
        case _:
            message = first["msg"]
            return document.error(where, message[0].lower() + message[1:])
