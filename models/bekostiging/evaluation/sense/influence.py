"""The inputs that move the budget most: what ten percent more of each does to expected spending over the term.

Expected spending S is that of the reported municipalities at the tariffs, in closed form (``Facts``), nominal. Cells are
independent of each other, so one step on a whole column tells the change of every care form at once:

    change[column, form] = sum over years and cells of the form of (E with the column stepped - E)

A step is +10 % of the input, or one percentage point a year where the input is a rate. Hours and tariffs enter as a factor,
so their change is 10 % of E. So do starts and clients at the start together: what is not the one's is the other's. A
duration has no factor: who is in care at the start stays longer too. Growth is that of use, on top of the inhabitants'.
Market shares add up to one: their step moves ten percentage points of the units from the lowest to the highest tariff.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.errors import LANGUAGES
from bekostiging.case.rows import name_in
from bekostiging.evaluation.sense.facts import Facts, levels
from bekostiging.evaluation.sense.sources import law_in_words
from bekostiging_solvers.typing import BoolArray, FloatArray

STEP, POINT = 0.1, 0.01
"""Of an amount or number; of a rate a year."""
MOST = 10
"""Inputs that are listed."""
PLURAL = {
    "hour": ("uren", "hours"),
    "minute": ("minuten", "minutes"),
    "etmaal": ("etmalen", "days of 24 hours"),
    "dagdeel": ("dagdelen", "half-days"),
}
"""Units of care in Dutch and English."""


@dataclass(frozen=True)
class Influence:
    """What one input does to the budget.

    Parameters
    ----------
    table, column : str
        Where the input stands.
    nl, en : str
        The input in words, such as ``uren per week, Jeugd-ggz``.
    step : float
        What it was raised by: a fraction of it, or of a rate the points.
    relative : bool
        Whether the step is a fraction of the input.
    euros : float
        Change of expected spending over the term, euro.
    share : float
        The same as a fraction of expected spending.

    Examples
    --------
    >>> Influence("offers", "tariff", "tarief, Jeugd-ggz", "tariff, Jeugd-ggz", 0.1, True, 2e6, 0.01).name("nl")
    'tarief, Jeugd-ggz'
    """

    table: str
    column: str
    nl: str
    en: str
    step: float
    relative: bool
    euros: float
    share: float

    def name(self, lang: str) -> str:
        """The input in words."""
        return {"nl": self.nl, "en": self.en}[lang]


@kinds_checked
def influences(case: Case) -> tuple[Influence, ...]:
    """The ten inputs that move expected spending most, the largest first.

    Parameters
    ----------
    case : Case
        A validated case.

    Returns
    -------
    tuple of Influence
        At most ten; an input that moves nothing is left out.

    Raises
    ------
    UserError
        No ``Case`` is given.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> [(one.column, round(one.euros)) for one in influences(synthetic_region(municipalities=2, providers=6))[:2]]
    [('units_per_week', 4490467), ('tariff', 4490467)]
    """
    return case.cache.of("influences", (), lambda: _influences(case))


def _influences(case: Case) -> tuple[Influence, ...]:
    """Every input in turn."""
    facts = Facts.of(case)
    paid = np.isin(facts.cells.municipality, list(case.reported))
    spent = float(facts.euros[:, paid].sum())
    found = [
        replace(one, share=one.euros / spent)
        for make in (_of_demand, _of_growth, _of_index, _of_shares)
        for one in make(facts, paid)
        if spent > 0 and one.euros != 0
    ]
    return tuple(sorted(found, key=lambda one: (-abs(one.euros), one.table, one.column, one.en))[:MOST])


def _stepped(case: Case, table: str, column: str, step: Callable[[float], float]) -> Case:
    """The case with every row of a column stepped."""
    rows = tuple(row.model_copy(update={column: step(getattr(row, column))}) for row in getattr(case, table))
    changed: dict[str, Any] = {table: rows}
    return replace(case, **changed)


def _change(facts: Facts, paid: BoolArray, column: str, step: Callable[[float], float]) -> FloatArray:
    """Change of the term's euro by cell when a column of demand is stepped; (n_cells,)."""
    changed = Facts.of(_stepped(facts.case, "demand", column, step))
    return np.asarray((changed.euros - facts.euros).sum(axis=0) * paid)


def _more(value: float) -> float:
    """A step up of an amount or number."""
    return value * (1 + STEP)


def _faster(value: float) -> float:
    """A step up of a rate."""
    return value + POINT


def _of_demand(facts: Facts, paid: BoolArray) -> Iterator[Influence]:
    """Hours, tariffs, starts, clients and durations of every care form."""
    whole = STEP * facts.euros.sum(axis=0) * paid
    starts = _change(facts, paid, "starts_per_year", _more)
    inputs = (
        ("demand", "units_per_week", "{unit} per week", "{unit} a week", whole),
        ("offers", "tariff", "tarief", "tariff", whole),
        ("demand", "starts_per_year", "starts per jaar", "starts a year", starts),
        ("demand", "clients_at_start", "cliënten in zorg aan het begin", "clients in care at the start", whole - starts),
        ("demand", "mean_duration_weeks", "duur in weken", "duration in weeks",
         _change(facts, paid, "mean_duration_weeks", _more)),
    )  # fmt: skip
    for table, column, nl, en, change in inputs:
        for form in facts.case.care_forms:
            euros = float(change[facts.of_form(form.id)].sum())
            units = PLURAL[form.unit]
            words = (
                f"{nl.format(unit=units[0])}, {form.name}",
                f"{en.format(unit=units[1])}, {name_in(form, 'en')}",
            )
            yield Influence(table, column, *words, STEP, True, euros, 0.0)


def _of_growth(facts: Facts, paid: BoolArray) -> Iterator[Influence]:
    """Growth of every law."""
    change = _change(facts, paid, "growth", _faster)
    for law in dict.fromkeys(facts.laws):
        nl, en = (law_in_words(law, lang) for lang in LANGUAGES)
        words = f"groei van het gebruik per jaar, {nl}", f"growth of use a year, {en}"
        yield Influence("demand", "growth", *words, POINT, False, float(change[facts.of_law(law)].sum()), 0.0)


def _of_index(facts: Facts, paid: BoolArray) -> Iterator[Influence]:
    """Forecasts of wages and prices: years after the first contract year, whose tariffs are given."""
    for column, nl, en in (
        ("ova_forecast", "raming van de lonen (OVA) per jaar", "forecast of wages (OVA) a year"),
        ("ppc_forecast", "raming van de prijzen (PPC) per jaar", "forecast of prices (PPC) a year"),
    ):
        level = levels(_stepped(facts.case, "indices", column, _faster), facts.cells)
        plain = facts.units * facts.cells.tariff * paid
        yield Influence("indices", column, nl, en, POINT, False, float((plain * (level - facts.level)).sum()), 0.0)


def _of_shares(facts: Facts, paid: BoolArray) -> Iterator[Influence]:
    """Market shares of every care form: ten points from the cheapest to the dearest, each row of demand by itself."""
    cells, euros = facts.cells, facts.euros.sum(axis=0)
    volume = (facts.units * facts.level).sum(axis=0)
    for form in facts.case.care_forms:
        moved = 0.0
        for area in range(len(cells.area_ids)):
            own = np.flatnonzero((cells.area == area) & facts.of_form(form.id) & paid & (euros > 0))
            if len(own) > 1:
                moved += STEP * float(volume[own].sum() * (cells.tariff[own].max() - cells.tariff[own].min()))
        words = (
            f"marktaandeel van het laagste naar het hoogste tarief, {form.name}",
            f"market share from the lowest to the highest tariff, {name_in(form, 'en')}",
        )
        yield Influence("offers", "market_share", *words, STEP, False, moved, 0.0)
