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
    """A limit: its ``kind`` and the ids of whom and when it is about, as on the model card (provider; provider, lot and
    year; municipality, law where laws do not share, and year; lot). ``str`` is its name in programs and results.

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
