"""How a result shows itself to an analyst: ``to_frame()`` to compute on, ten lines when printed, a table in Jupyter.

All three bear the names of the code; what a procurement team reads is made in ``bekostiging.report``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sized
from dataclasses import fields
from html import escape
from typing import TYPE_CHECKING, Any

from bekostiging.units import MILLION

if TYPE_CHECKING:
    import pandas as pd

    from bekostiging_solvers import Estimate


ROWS_PRINTED = 7
"""Rows of an overview that ``print`` shows: with heading, column names and what is left out, ten lines."""
LONGEST_VALUE = 40
"""Characters of a field that ``repr`` quotes; of a longer one it names the type and the size."""


class Brief:
    """Mixin of dataclasses with large fields: ``repr`` is one line with the sizes of what it holds."""

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Stand before the ``repr`` that ``dataclass`` would write, which prints every array."""
        super().__init_subclass__(**keywords)
        if "__repr__" not in vars(cls):
            _show_by(cls, _brief)


def _show_by(kind: Any, shown: Callable[[Any], str]) -> None:
    """Give a class its ``repr``."""
    kind.__repr__ = shown


def _brief(one: Any) -> str:
    """Class and fields, each short."""
    shown = (f"{field.name}={_short(getattr(one, field.name))}" for field in fields(one) if field.repr)
    return f"{type(one).__name__}({', '.join(shown)})"


def _short(value: object) -> str:
    """A small value as it is; of a large one its type and size."""
    kind = type(value).__name__
    if isinstance(value, Brief | Shown):
        return f"<{kind}>"
    shape = getattr(value, "shape", None)
    if shape:
        return f"<{kind} {shape}>"
    if isinstance(value, Sized) and not isinstance(value, str) and len(value) > 0:
        return f"<{kind} of {len(value)}>"
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"<{kind}>"


class Shown(ABC):
    """Mixin of results. A class gives ``to_frame``, ``heading`` and ``overview``; Jupyter calls ``_repr_html_``.

    ``print(result)`` gives heading and overview in at most ten lines, ``repr(result)`` the heading in one.
    """

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Stand before the ``repr`` that ``dataclass`` would write, which prints every array."""
        super().__init_subclass__(**keywords)
        _show_by(cls, Shown.__repr__)

    def __repr__(self) -> str:
        """The class and what it is of."""
        return f"<{type(self).__name__}: {self.heading()}>"

    def __str__(self) -> str:
        """Heading and overview, at most ten lines."""
        frame = self.overview()
        left = len(frame) - ROWS_PRINTED
        lines = [self.heading().replace("\n", " ")]
        if len(frame):
            lines.append(frame.head(ROWS_PRINTED).to_string(index=False, na_rep="", max_colwidth=LONGEST_VALUE))
        if left > 0:
            lines.append(f"... and {left} more rows: to_frame()")
        return "\n".join(lines)

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Every figure of the result, a row each."""

    @abstractmethod
    def heading(self) -> str:
        """What this is, of what, and of how many scenarios."""

    def overview(self) -> pd.DataFrame:
        """The few figures one looks at first, as text; the whole frame where that is few enough."""
        return self.to_frame()

    def disclaimers(self) -> Mapping[str, str]:
        """What the case wants said with every figure, by language; empty when nothing."""
        return {}

    def _repr_html_(self) -> str:
        """Heading, disclaimer and overview."""
        parts = [f"<p><b>{escape(self.heading())}</b></p>"]
        if disclaimer := self.disclaimers().get("en"):
            parts.append(f"<p><i>{escape(disclaimer)}</i></p>")
        return "\n".join([*parts, self.overview().to_html(na_rep="", index=False, border=0)])


def millions(estimate: Estimate) -> str:
    """Euro in millions, with its error."""
    return str(estimate.scaled(1 / MILLION))


def percent(estimate: Estimate) -> str:
    """A fraction as a percentage, with its error."""
    return f"{estimate.scaled(100)} %"
