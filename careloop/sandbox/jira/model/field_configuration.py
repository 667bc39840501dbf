"""Field configurations: what a project demands of its fields."""

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Behaviour:
    """How a field behaves; a hidden one is on no form, whatever the screen says."""

    required: bool = False
    hidden: bool = False
    description: str = ""
    renderer: str = ""


@dataclass(slots=True, eq=False)
class FieldConfiguration:
    """How fields behave, by their ids; fields that are not named are neither required nor hidden."""

    id: str
    name: str
    description: str = ""
    fields: dict[str, Behaviour] = field(default_factory=dict)

    def of(self, field_id: str) -> Behaviour:
        """Return how one field behaves."""
        return self.fields.get(field_id) or Behaviour()
