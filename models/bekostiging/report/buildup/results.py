"""What the annex on the build-up of tariffs shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bekostiging.case import Case, UserError, pseudonymised
from bekostiging.case.arguments import kinds_checked
from bekostiging.contracts import Line, Reference, budget_lines, build_up, hours_budget_terms, reference
from bekostiging.report.kit.disclosure import may_be_shown
from bekostiging.scenarios import Cells, build_cells

HALF_A_CENT = 0.005
"""Euro that a tariff may lie below the build-up by rounding."""


@dataclass(frozen=True)
class BuildupVerdict:
    """Whether the tariffs of a care form keep to its build-up; euro per unit, first contract year.

    Attributes
    ----------
    care_form : str
        Its id.
    cost_price : float
        Without risk loading: what a fair price is at least.
    price : float
        With risk loading.
    lowest : float or None
        The lowest tariff of a contract; None without a contract.
    tariff : float or None
        The mean tariff by expected units, where that tells of no provider; else None.

    Examples
    --------
    >>> verdict = BuildupVerdict("guidance", 77.0, 78.6, 77.5, None)
    >>> verdict.meets, verdict.covers_risk
    (True, False)
    """

    care_form: str
    cost_price: float
    price: float
    lowest: float | None
    tariff: float | None

    @property
    def meets(self) -> bool | None:
        """Whether no tariff lies under the cost price; None without a tariff."""
        return None if self.lowest is None else self.lowest >= self.cost_price - HALF_A_CENT

    @property
    def covers_risk(self) -> bool:
        """Whether every tariff pays the risk loading too."""
        return self.lowest is not None and self.lowest >= self.price - HALF_A_CENT


@dataclass(frozen=True)
class BudgetRow:
    """From price to lump sum in the first contract year, of a lot and care form; of one provider where it is named.

    Attributes
    ----------
    provider, lot, care_form : str
        Ids; provider empty where all of the lot are taken together.
    units : float
        Expected, a year.
    cost_per_unit, tariff_per_unit : float
        Of the build-up, without and with risk loading, euro.
    reference_amount : float or None
        At the tariffs of the contracts, euro; None where it tells of one provider.

    Examples
    --------
    >>> row = BudgetRow("", "guidance", "guidance", 1000.0, 77.0, 78.6, None)
    >>> row.fair_amount, round(row.amount)
    (77000.0, 78600)
    """

    provider: str
    lot: str
    care_form: str
    units: float
    cost_per_unit: float
    tariff_per_unit: float
    reference_amount: float | None

    @property
    def fair_amount(self) -> float:
        """At cost price, euro a year."""
        return self.units * self.cost_per_unit

    @property
    def amount(self) -> float:
        """With risk loading, euro a year."""
        return self.units * self.tariff_per_unit


@dataclass(frozen=True)
class Annex:
    """What the annex shows; ``private``: it is a provider's own cost sheet."""

    case: Case
    lines: tuple[Line, ...]
    budgets: tuple[BudgetRow, ...]
    verdicts: tuple[BuildupVerdict, ...]
    """One per care form with a build-up, in the order of the lines."""
    hours_budgets: dict[str, tuple[float, float]]
    """Per care form with demand, weeks of its hours budget and the part of the expected units that it pays."""
    private: bool
    named: bool = False
    """Whether providers bear their own names: then it is no annex to publish."""


@kinds_checked
def annex_of(case: Case, private: bool, *, named: bool = False) -> Annex:
    """The annex that shows how the tariffs of a case are built up, and whether they keep to it.

    Parameters
    ----------
    case
        The case; at least one care form has a build-up in table ``function_groups`` or ``cost_price``.
    private
        Whether it is a provider's own cost sheet, which shows no budgets.
    named
        Whether budgets are shown by provider, under their own names; otherwise by lot, so that it can be published.

    Returns
    -------
    Annex
        Lines of the build-up in euro a unit, verdicts, and the lump sum budgets in euro a year unless ``private``.

    Raises
    ------
    UserError
        No care form has a build-up.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> annex = annex_of(read_case("almere"), private=False)
    >>> help_at_home = next(one for one in annex.verdicts if one.care_form == "household_help")
    >>> round(help_at_home.price, 2), help_at_home.meets
    (41.5, True)
    """
    case = case if named else pseudonymised(case)
    lines = build_up(case)
    if not lines:
        raise UserError(
            "Geen zorgvorm heeft een opbouw; vul tabel function_groups of cost_price in.",
            "No care form has a build-up; fill in table function_groups or cost_price.",
        )
    cells = build_cells(case)
    terms = reference(case, cells, 1)
    found = list(_by_provider(case, cells, terms))
    budgets = () if private else tuple(found if named else _by_lot(found))
    return Annex(
        case, lines, budgets, tuple(_verdicts(lines, cells, terms)), hours_budget_terms(case), private, named
    )


def _verdicts(lines: tuple[Line, ...], cells: Cells, terms: Reference) -> Iterator[BuildupVerdict]:
    """Every care form with a build-up beside the tariffs of its contracts."""
    built = {(line.care_form, line.name): line.value for line in lines if not line.group}
    for form in dict.fromkeys(line.care_form for line in lines):
        f = list(cells.care_form_ids).index(form)
        own = (cells.care_form == f) & (cells.lot >= 0) & (terms.units[0] > 0)
        tariffs, units = cells.tariff[own], terms.units[0, own]
        amounts = [
            float((tariffs * units)[cells.provider[own] == p].sum()) for p in np.unique(cells.provider[own])
        ]
        alike = bool(own.any()) and float(np.ptp(tariffs)) < HALF_A_CENT
        yield BuildupVerdict(
            care_form=form,
            cost_price=built[form, "cost_per_unit"],
            price=built[form, "tariff_per_unit"],
            lowest=float(tariffs.min()) if own.any() else None,
            tariff=float(tariffs @ units / units.sum()) if alike or may_be_shown(amounts) else None,
        )


def _by_provider(case: Case, cells: Cells, terms: Reference) -> Iterator[BudgetRow]:
    """A row per contract and care form."""
    for line in budget_lines(case, cells, terms):
        yield BudgetRow(
            line.provider, line.lot, line.care_form, line.units, line.cost_per_unit, line.tariff_per_unit,
            line.reference_amount,
        )  # fmt: skip


def _by_lot(rows: list[BudgetRow]) -> Iterator[BudgetRow]:
    """A row per lot and care form; the reference amount only where it tells of no provider."""
    groups: dict[tuple[str, str], list[BudgetRow]] = {}
    for row in rows:
        groups.setdefault((row.lot, row.care_form), []).append(row)
    for (lot, form), own in groups.items():
        amounts = [row.reference_amount or 0.0 for row in own]
        yield BudgetRow(
            "", lot, form, sum(row.units for row in own), own[0].cost_per_unit, own[0].tariff_per_unit,
            sum(amounts) if may_be_shown(amounts) else None,
        )  # fmt: skip
