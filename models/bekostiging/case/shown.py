"""How a result shows itself to an analyst: ``to_frame()`` for reckoning on, a table when it ends a cell in Jupyter.

Both bear the names of the code; what a procurement team reads is made in ``bekostiging.report``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from bekostiging.units import MILLION

if TYPE_CHECKING:
    import pandas as pd

    from bekostiging_solvers import Estimate


class Shown(ABC):
    """Mixin of results. A class gives ``to_frame``, ``heading`` and ``overview``; Jupyter calls ``_repr_html_``."""

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
        told = [f"<p><b>{escape(self.heading())}</b></p>"]
        if said := self.disclaimers().get("en"):
            told.append(f"<p><i>{escape(said)}</i></p>")
        return "\n".join([*told, self.overview().to_html(na_rep="", index=False, border=0)])


def millions(estimate: Estimate) -> str:
    """Euro in millions, with its error."""
    return str(estimate.scaled(1 / MILLION))


def percent(estimate: Estimate) -> str:
    """A fraction as a percentage, with its error."""
    return f"{estimate.scaled(100)} %"
