"""System properties: settings of the instance, kept as rows of `sys_properties`."""

from careloop.sandbox.servicenow.store.database import Database, Row


class Properties:
    """Reads and sets properties by name."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def read(self, name: str) -> str:
        """Return the value of a property, empty when there is none."""
        row = self._row(name)
        return row[0].value(row[1], "value") if row else ""

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return whether a property says true; the default where it says neither true nor false."""
        return {"true": True, "false": False}.get(self.read(name), default)

    def number(self, name: str, default: int) -> int:
        """Return the value of a property as a number, the default where it is none."""
        text = self.read(name)
        return int(text) if text.isdecimal() else default

    def set(self, name: str, value: str) -> None:
        """Give a property a value, as if the instance had always had it."""
        row = self._row(name)
        if row:
            self._db.change(row, {"value": value})
        else:
            self._db.insert("sys_properties", {"name": name, "value": value, "type": "string"})

    def _row(self, name: str) -> Row | None:
        return next(self._db.where("sys_properties", name=name), None)
