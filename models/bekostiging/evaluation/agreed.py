"""Lots whose terms are agreed, as a run that designs the rest keeps them: contracts and price levels under those terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bekostiging.case import Case
from bekostiging.case.tables import PaymentForm
from bekostiging.contracts import Contract, Corridor, PriceLevels, TariffContract
from bekostiging.evaluation.what_if import IndexChoice, chosen_levels, with_ceiling
from bekostiging.lumpsum import AgreedTerms, LumpSumData, with_agreed


@dataclass(frozen=True)
class AgreedLot:
    """Terms of one lot that stand: as ``AgreedTerms``, with its index clause and ``ceiling`` as a multiple of the reference
    amount of the first year (None: that of the contract)."""

    form: PaymentForm
    loading: float
    corridor: Corridor
    index: IndexChoice = "design"
    ceiling: float | None = None

    @property
    def terms(self) -> AgreedTerms:
        """What the decision reads."""
        return AgreedTerms(self.form, self.loading, self.corridor)


@dataclass(frozen=True)
class AgreedLots:
    """Agreed lots by id; none in the ordinary case."""

    lots: Mapping[str, AgreedLot] = field(default_factory=dict)

    def forms(self) -> tuple[PaymentForm, ...]:
        """Payment forms that were agreed, each once."""
        return tuple(dict.fromkeys(one.form for one in self.lots.values()))

    def levels(self, case: Case, levels: Mapping[str, PriceLevels]) -> dict[str, PriceLevels]:
        """Price levels under the index clauses that were agreed."""
        return {
            lot: chosen_levels(case, lot, self.lots[lot].index, 0.0, own) if lot in self.lots else own
            for lot, own in levels.items()
        }

    def contracts(self, contracts: tuple[Contract, ...]) -> tuple[Contract, ...]:
        """Contracts of one payment form, with the ceilings that were agreed."""
        return tuple(self._contract(one) for one in contracts)

    def _contract(self, one: Contract) -> Contract:
        own = self.lots.get(one.lot)
        if own is None or own.ceiling is None or own.form != one.form or not isinstance(one, TariffContract):
            return one
        return with_ceiling(one, own.ceiling)

    def decision(self, data: LumpSumData, *, judged: bool = False) -> LumpSumData:
        """The decision with these lots given; ``judged`` as in ``with_agreed``."""
        return with_agreed(data, {lot: one.terms for lot, one in self.lots.items()}, judged=judged)

    def __bool__(self) -> bool:
        """Whether something was agreed."""
        return bool(self.lots)


NOTHING_AGREED = AgreedLots()
"""The ordinary case: everything is decided."""
