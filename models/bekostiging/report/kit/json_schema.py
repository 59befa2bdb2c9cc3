"""Pieces of a JSON schema (2020-12)."""

from __future__ import annotations

from typing import Any

NUMBER = {"type": "number"}
TEXT = {"type": "string"}
ESTIMATE = {"$ref": "#/$defs/estimate"}
ERROR = {"type": ["number", "null"], "minimum": 0}


def schema_object(properties: dict[str, Any], description: str = "") -> dict[str, Any]:
    """An object with exactly these properties."""
    definition: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return definition | ({"description": description} if description else {})


def mapped(values: dict[str, Any], description: str) -> dict[str, Any]:
    """An object with any keys."""
    return {"type": "object", "additionalProperties": values, "description": description}


def listed(items: dict[str, Any], description: str = "") -> dict[str, Any]:
    """A list."""
    return {"type": "array", "items": items} | ({"description": description} if description else {})


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


ESTIMATED = schema_object(
    {"value": NUMBER, "standard_error": ERROR},
    "an estimate from simulation; the standard error has n_scramblings - 1 degrees of freedom, and is null where the "
    "simulation cannot tell it: a tail thinner than one scenario, an event that was never or always seen, one observation",
)


SCHEMA_VERSION = "3"
