"""The pictures of projects, issue types, priorities and accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from careloop.sandbox.jira.picture import draw_png, draw_svg

Kind = Literal["project", "issuetype", "priority", "user"]
SIZES: Mapping[str, int] = {"xsmall": 16, "small": 24, "medium": 32, "large": 48, "xlarge": 96}
_SYSTEM: Mapping[Kind, range] = {
    "project": range(10_400, 10_424),
    "issuetype": range(10_300, 10_323),
    "user": range(10_500, 10_510),
    "priority": range(10_550, 10_560),
}


@dataclass(frozen=True, slots=True, eq=False)
class Avatar:
    """A picture; the site's own belong to nobody and are drawn when they are looked at."""

    id: str
    kind: Kind
    owner: str | None
    media_type: str
    content: bytes

    @property
    def is_system(self) -> bool:
        return self.owner is None

    def picture(self, size: str, form: str | None) -> tuple[bytes, str] | None:
        """Return the picture and its media type, None when there is none of this format, png or svg.

        What was loaded is given out as it came: nothing is scaled or cropped.
        """
        if self.is_system and form == "png":
            return draw_png(int(self.id), SIZES[size]), "image/png"
        wanted = {"png": "image/png", "svg": "image/svg+xml"}.get(form or "", self.media_type)
        return (self.content, self.media_type) if wanted == self.media_type else None


class Gallery:
    """Every avatar, by kind and id."""

    def __init__(self) -> None:
        self._every = {
            (kind, str(number)): Avatar(str(number), kind, None, "image/svg+xml", draw_svg(number))
            for kind, numbers in _SYSTEM.items()
            for number in numbers
        }

    def system(self, kind: Kind) -> list[Avatar]:
        return [one for one in self._every.values() if one.kind == kind and one.is_system]

    def custom(self, kind: Kind, owner: str) -> list[Avatar]:
        return [one for one in self._every.values() if one.kind == kind and one.owner == owner]

    def find(self, kind: Kind, avatar_id: str) -> Avatar | None:
        return self._every.get((kind, avatar_id))

    def add(self, avatar: Avatar) -> Avatar:
        """Take in an avatar."""
        self._every[avatar.kind, avatar.id] = avatar
        return avatar

    def remove(self, avatar: Avatar) -> None:
        """Give up an avatar."""
        del self._every[avatar.kind, avatar.id]


def default_avatar(kind: Kind) -> str:
    """Return the id of the avatar that things of a kind have as long as nobody gives them one."""
    return str(_SYSTEM[kind][0])
