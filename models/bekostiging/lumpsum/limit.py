"""What a limit of the lump sum is: a value, never a text that is taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LimitKind = Literal[
    "solvency", "return_on_capital", "fair_price", "begroting", "reserve", "stock",
    "loading_cap", "transition_up", "transition_down", "law",
]  # fmt: skip


@dataclass(frozen=True, order=True)
class Limit:
    """A limit; ``str`` is its name in programs and results.

    Attributes
    ----------
    kind : str
        Name of the constraint on the model card (``bekostiging.lumpsum.model``).
    keys : tuple of str
        Ids of whom and when it is about: a provider; a provider, lot and year; a municipality, the law where laws do not
        share, and the year; or a lot.

    Examples
    --------
    >>> str(Limit("begroting", ("0034", "2028")))
    'begroting[0034,2028]'
    """

    kind: LimitKind
    keys: tuple[str, ...]

    def __str__(self) -> str:
        """As a row of a program and in results: ``begroting[0034,2028]``."""
        return f"{self.kind}[{','.join(self.keys)}]"
