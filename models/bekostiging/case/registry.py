"""Open sets of named things: modules add to them, everybody reads them, and an unknown name is an error.

Payment forms and clauses live to the right of the case and are read by it, so a registry is filled when it is first read:
by this package, then by every installed extension, a module named in entry point group ``bekostiging.extensions``. Worker
processes read the same entry points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Generic, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from bekostiging.case.folded import offered

T = TypeVar("T")
OWN = ("bekostiging.contracts",)
"""Modules of this package that fill registries they stand to the right of."""
EXTENSIONS = "bekostiging.extensions"
"""Entry point group of modules that add to registries when they are imported."""


@cache
def load_extensions() -> None:
    """Import everything that adds to a registry, once in a process."""
    for module in OWN:
        import_module(module)
    for point in entry_points(group=EXTENSIONS):
        point.load()


class Registry(Mapping[str, T], Generic[T]):
    """Things by name, in the order in which they were added; ``what`` one of them is, as a message says it.

    As an annotation (``Annotated[str, registry]``) it makes a field take these names and no other. Not to be read while a
    module is imported: an extension may stand to the right of that module.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._things: dict[str, T] = {}

    def add(self, name: str, thing: T) -> None:
        """Add a thing.

        Raises
        ------
        ValueError
            The name is taken.
        """
        if name in self._things:
            raise ValueError(f"{self.what} {name} is there already: {self._things[name]}")
        self._things[name] = thing

    def __getitem__(self, name: str) -> T:
        """The thing of this name.

        Raises
        ------
        KeyError
            There is none; one that is near is offered.
        """
        if name not in self:
            raise KeyError(f"no {self.what} is called {name}; {offered(str(name), self._things)[1]}")
        return self._things[name]

    def __contains__(self, name: object) -> bool:
        """Whether a thing has this name."""
        load_extensions()
        return name in self._things

    def __iter__(self) -> Iterator[str]:
        """Names in order."""
        load_extensions()
        return iter(self._things)

    def __len__(self) -> int:
        """Number of things."""
        load_extensions()
        return len(self._things)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A text that is one of the names."""
        return core_schema.no_info_after_validator_function(self._checked_name, handler(source))

    def _checked_name(self, name: str) -> str:
        if name not in self:
            # as pydantic calls a word that is not among those of a closed set
            raise PydanticCustomError("literal_error", "no {what} of this name", {"what": self.what})
        return name
