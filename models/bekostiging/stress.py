"""Former name of ``bekostiging.studies`` and ``bekostiging.evaluation``; it goes with version 2.0."""

from __future__ import annotations

from importlib import import_module
from warnings import warn

FORMER = {
    "Course": "DeterministicScenario",
    "Room": "Headroom",
    "ROOMS": "HEADROOMS",
    "Sharpened": "ControlVariate",
    "course": "deterministic_scenario",
}
"""Names of then that are called otherwise today."""


def __getattr__(name: str) -> object:
    """The name from where it stands today (PEP 562)."""
    today = FORMER.get(name, name)
    for package in ("bekostiging.studies", "bekostiging.evaluation"):
        if today in import_module(package).__all__:
            warn(f"bekostiging.stress.{name} is now {package}.{today}", DeprecationWarning, stacklevel=2)
            return getattr(import_module(package), today)
    raise AttributeError(f"module 'bekostiging.stress' has no attribute {name!r}")
