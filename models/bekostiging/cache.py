"""What was computed once stays with what it was computed from: no module remembers it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Cache(dict[Hashable, Any]):
    """What was computed from an object, kept with it and gone with it; another process gets it empty."""

    def of(self, name: Hashable, arrays: tuple[Any, ...], make: Callable[[], T]) -> T:
        """What ``make`` gives, made once as long as the ``arrays`` it is made of are the same ones."""
        known = self.get(name)
        if (
            known is None
            or len(known[0]) != len(arrays)
            or any(a is not b for a, b in zip(known[0], arrays, strict=True))
        ):
            known = self[name] = (arrays, make())
        found: T = known[1]
        return found

    def __reduce__(self) -> tuple[type[Cache], tuple[()]]:
        """Without its content."""
        return Cache, ()
