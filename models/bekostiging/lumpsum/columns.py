"""Where each decision of the lump sum stands in x."""

from __future__ import annotations

import numpy as np

from bekostiging.lumpsum.data import LumpSumData
from bekostiging.lumpsum.layers import counted_sides, decided_layers
from bekostiging_solvers.typing import BoolArray, IntArray


class Columns:
    """Where each decision stands in x: per lot its forms, loading and shares; capital; slacks; and what makes a contract
    simple: changes of share and picks from the list."""

    def __init__(self, data: LumpSumData) -> None:
        self.n = 0
        n_lots, self.n_forms = len(data.lots), len(data.forms)
        self.lots = [self._next(self.n_forms + 1 + lot.corridor.n_layers) for lot in data.lots]
        self.form = np.array([own[: self.n_forms] for own in self.lots])
        self.loading = np.array([own[self.n_forms] for own in self.lots])
        self.share = [own[self.n_forms + 1 :] for own in self.lots]
        self.capital = self._next(len(data.providers))
        self.loading_excess, self.transition_excess = self._next(n_lots), self._next(n_lots)
        self.largest = self._next_column()
        """The largest excess (fraction), or the largest yield."""
        shape = (len(data.purses), len(data.municipalities), data.n_years)
        self.begroting_yield = self._next(int(np.prod(shape))).reshape(shape)
        """Zero unless conflicts are looked for, as the next three."""
        self.reserve_yield = self._next(len(data.municipalities))
        self.solvency_yield, self.return_yield = self._next(len(data.providers)), self._next(len(data.providers))
        simple = data.simple
        self.change = [
            {pair: self._next_column() for side in counted_sides(lot, simple).values() for pair in side}
            for lot in data.lots
        ]
        self.pick = [{k: self._next(len(simple.shares)) for k in decided_layers(lot)} for lot in data.lots]

    def _next(self, count: int) -> IntArray:
        """The next columns."""
        self.n += count
        return np.arange(self.n - count, self.n)

    def _next_column(self) -> int:
        return int(self._next(1)[0])

    @property
    def whole(self) -> BoolArray:
        """(n,): columns that are zero or one."""
        found = np.zeros(self.n, dtype=np.bool_)
        found[self.form] = True
        for changes, picks in zip(self.change, self.pick, strict=True):
            found[list(changes.values())] = True
            for own in picks.values():
                found[own] = True
        return found
