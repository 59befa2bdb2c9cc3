"""Build-up of price and budget, line by line: AMvB cost elements to hourly price, tariff per unit and lump sum.

Order of calculation as in the sector's own tools: salary, allowances, social charges, productive hours, other costs bound to
the client, overhead, indexation, risk loading (AMvB reële prijs Jeugdwet, Stb. 2024, 69; art. 5.4 Uitvoeringsbesluit Wmo
2015). The cost price without risk loading is the fair price of the optimiser. A care form without function groups takes
the elements of table cost_price as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import pandas as pd

from bekostiging.case import Case
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.numbers import in_en
from bekostiging.case.rows import weakest
from bekostiging.case.tables import CareForm, FunctionGroup

FORMULAS: dict[str, str] = {
    "gross": "salary * (1 + holiday_allowance + irregular_hours + year_end)",
    "employer": "gross * (1 + social_charges)",
    "wage_per_hour": "employer / productive_hours",
    "direct": "wage_per_hour + other_client_bound",
    "overhead_per_hour": "direct * overhead",
    "cost_per_hour": "direct + overhead_per_hour",
    "indexed": "cost_per_hour * (1 + indexation)",
    "risk_per_hour": "indexed * risk",
    "price_per_hour": "indexed + risk_per_hour",
}
"""Every step of a function group, in order; names are columns of function_groups or earlier steps."""
INPUTS = (
    "salary", "holiday_allowance", "irregular_hours", "year_end", "social_charges", "productive_hours",
    "other_client_bound", "overhead", "indexation", "risk",
)  # fmt: skip
"""Columns of function_groups a formula reads, in the order of the annex."""
ELEMENTS = ("wages", "other_wages", "other_client_bound", "overhead")
"""Elements of cost_price inside the fair price; ``risk`` comes on top."""


@dataclass(frozen=True)
class Line:
    """One line of the annex to a tender: a figure, how it is made, where it comes from.

    Attributes
    ----------
    care_form, group : str
        What it is a figure of; ``group`` (a function group) is empty for the care form itself.
    name : str
        Name of the figure.
    formula : str
        In names of lines of the same group; empty for an input.
    value : float
        In the unit of the figure.
    low, high : float or None
        First and third quartile, None where none are given.
    source, status : str
        Where an input comes from.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> from bekostiging.contracts import build_up
    >>> line = next(line for line in build_up(read_case("almere")) if line.formula)
    >>> line.name, line.formula
    ('cost_per_unit', 'wages + other_wages + other_client_bound + overhead')
    """

    care_form: str
    group: str
    name: str
    formula: str
    value: float
    low: float | None
    high: float | None
    source: str
    status: str


@kinds_checked
def build_up(case: Case) -> tuple[Line, ...]:
    """The build-up of price and tariff, line by line, of every care form with function groups or elements of a cost price.

    Returns
    -------
    tuple of Line
        Per function group inputs and steps in order of calculation, then ``cost_per_unit`` and ``tariff_per_unit`` of the
        care form; euro, first contract year.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> lines = build_up(read_case("almere"))
    >>> [line.name for line in lines if not line.group][-2:]
    ['cost_per_unit', 'tariff_per_unit']
    """
    lines: list[Line] = []
    for form in case.care_forms:
        groups = [row for row in case.function_groups if row.care_form == form.id]
        lines += _of_groups(form, groups) if groups else _of_elements(case, form)
    return tuple(lines)


@kinds_checked
def fair_cost(case: Case) -> dict[str, float]:
    """Cost price per unit without risk loading, of every care form with a build-up.

    Returns
    -------
    dict of str to float
        Euro per unit in the first contract year, by care form; the decree on fair prices (AMvB) asks at least this.

    Examples
    --------
    >>> from bekostiging.case import synthetic_region
    >>> fair_cost(synthetic_region(municipalities=2, providers=6))  # a case without build-up
    {}
    """
    return {line.care_form: line.value for line in build_up(case) if line.name == "cost_per_unit"}


def _steps(values: Mapping[str, float]) -> dict[str, float]:
    """The inputs and every step of ``FORMULAS``."""
    known = dict(values)
    for name, formula in FORMULAS.items():
        known[name] = cast(float, pd.eval(formula, local_dict=known, engine="python"))
    return known


def _bands(row: FunctionGroup) -> tuple[dict[str, float] | None, dict[str, float] | None]:
    """Inputs at the cheap and the dear end of the bands given; None where there is none."""
    if row.productive_hours_q1 is None and row.overhead_q1 is None:
        return None, None
    hours = (row.productive_hours_q1 or row.productive_hours, row.productive_hours_q3 or row.productive_hours)
    overhead = tuple(row.overhead if value is None else value for value in (row.overhead_q1, row.overhead_q3))
    inputs = {name: float(getattr(row, name)) for name in INPUTS}
    cheap = inputs | {"productive_hours": max(hours), "overhead": min(overhead)}
    dear = inputs | {"productive_hours": min(hours), "overhead": max(overhead)}
    return cheap, dear


def _of_groups(form: CareForm, groups: list[FunctionGroup]) -> list[Line]:
    """Lines of each function group, then of the care form, weighted with the shares of hours."""
    lines: list[Line] = []
    sums: dict[str, list[float | None]] = {"cost_per_unit": [0.0] * 3, "tariff_per_unit": [0.0] * 3}
    for row in groups:
        middle = _steps({name: float(getattr(row, name)) for name in INPUTS})
        low, high = (None if band is None else _steps(band) for band in _bands(row))
        for name in (*INPUTS, *FORMULAS):
            cheap, dear = (
                None if band is None or band[name] == middle[name] else band[name] for band in (low, high)
            )
            formula, value = FORMULAS.get(name, ""), middle[name]
            group = row.function_group
            lines.append(Line(form.id, group, name, formula, value, cheap, dear, row.source, row.status))
        lines.append(Line(form.id, row.function_group, "share", "", row.share, None, None, row.source, row.status))
        for total, step in (("cost_per_unit", "indexed"), ("tariff_per_unit", "price_per_hour")):
            for k, steps in enumerate((middle, low or middle, high or middle)):
                sums[total][k] = (sums[total][k] or 0.0) + row.share * row.hours_per_unit * steps[step]
    banded = any(_bands(row)[0] is not None for row in groups)
    for total, step in (("cost_per_unit", "indexed"), ("tariff_per_unit", "price_per_hour")):
        middle_sum, least, most = sums[total]
        formula = f"sum over groups of share * hours_per_unit ({in_en(groups[0].hours_per_unit, 6)}) * {step}"
        band = (least, most) if banded else (None, None)
        status = weakest(row.status for row in groups)
        lines.append(Line(form.id, "", total, formula, float(middle_sum or 0.0), *band, "", status))
    return lines


def _of_elements(case: Case, form: CareForm) -> list[Line]:
    """Lines of cost_price and their sums; none where the table has none."""
    rows = {row.element: row for row in case.cost_price if row.care_form == form.id}
    if not rows:
        return []
    lines = [
        Line(form.id, "", row.element, "", row.euro_per_unit, None, None, row.source, row.status)
        for row in rows.values()
    ]
    inside = [name for name in ELEMENTS if name in rows]
    cost = sum(rows[name].euro_per_unit for name in inside)
    risk = rows["risk"].euro_per_unit if "risk" in rows else 0.0
    status = weakest(row.status for row in rows.values())
    lines.append(Line(form.id, "", "cost_per_unit", " + ".join(inside), cost, None, None, "", status))
    with_risk = "cost_per_unit + risk" if "risk" in rows else "cost_per_unit"
    return [*lines, Line(form.id, "", "tariff_per_unit", with_risk, cost + risk, None, None, "", status)]
