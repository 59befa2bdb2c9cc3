"""What the annex on the build-up of tariffs shows."""

from __future__ import annotations

from dataclasses import dataclass

from bekostiging.case import Case, UserError, pseudonymised
from bekostiging.case.arguments import kinds_checked
from bekostiging.contracts import BudgetLine, Line, budget_lines, build_up, hours_budget_terms, reference
from bekostiging.scenarios import build_cells


@dataclass(frozen=True)
class Annex:
    """What the annex shows; ``private``: it is a provider's own cost sheet."""

    case: Case
    lines: tuple[Line, ...]
    budgets: tuple[BudgetLine, ...]
    tariffs: dict[str, float]
    """Reference tariff per care form, euro per unit."""
    hours_budgets: dict[str, tuple[float, float]]
    """Per care form with demand, weeks of its hours budget and the part of the expected units that it pays."""
    private: bool
    named: bool = False
    """Whether providers of a confidential case bear their own names."""


@kinds_checked
def annex_of(case: Case, private: bool, *, named: bool = False) -> Annex:
    """The annex that shows how the tariffs of a case are built up.

    Parameters
    ----------
    case
        The case; at least one care form has a build-up in table ``function_groups`` or ``cost_price``.
    private
        Whether it is a provider's own cost sheet, which shows no budgets.
    named
        Whether providers of a confidential case keep their names; otherwise they are numbered.

    Returns
    -------
    Annex
        Lines of the build-up in euro a unit, reference tariffs, and the lump sum budgets in euro a year unless ``private``.

    Raises
    ------
    UserError
        No care form has a build-up.

    Examples
    --------
    >>> from bekostiging import read_case
    >>> annex = annex_of(read_case("almere"), private=False)
    >>> round(annex.tariffs["household_help"], 2)
    42.21
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
    tariffs = {}
    for f, form in enumerate(cells.care_form_ids):
        own = (cells.care_form == f) & (cells.lot >= 0)
        weight = terms.units[0, own]
        tariffs[form] = float(terms.tariff[own] @ weight / weight.sum()) if weight.sum() > 0 else 0.0
    budgets = () if private else budget_lines(case, cells, terms)
    return Annex(case, lines, budgets, tariffs, hours_budget_terms(case), private, named)
