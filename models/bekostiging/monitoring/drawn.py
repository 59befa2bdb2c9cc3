"""Figures by month of a year that the model draws, with delays of reporting: to learn and to test with.

The delays are invented: four of five claims come in the month after the care, one of six starts is reported a month late,
and half a percent of what is claimed is too much and is credited two months later, so that in the end what was delivered is
claimed. ``illustrative`` stands at every row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bekostiging.actuals import YearFigures
from bekostiging.case import Case
from bekostiging.case.arguments import checked_language, kinds_checked
from bekostiging.case.errors import Said, UserError
from bekostiging.case.kinds import Count, Seed
from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.case.year_tables import Actual
from bekostiging.contracts import price_levels
from bekostiging.monitoring.by_month import Months, months_of, spread_over_months
from bekostiging.scenarios import CareUse, Cells, draw_block, expected_care_use, plan
from bekostiging.units import MONTHS
from bekostiging_solvers.typing import FloatArray

CLAIMED = np.array([0.0, 0.80, 0.12, 0.05, 0.02, 0.01])
"""Part of the claims of a month that comes 0, 1, 2, ... months later; invented."""
EVENNESS = 400.0
"""How alike the delays of different months are (concentration of a Dirichlet law); invented."""
REPORTED_AT_ONCE = 0.85
"""Part of the starts and stops that is reported in their own month; the rest a month later. Invented."""
CREDITED = 0.005
"""Part of what was claimed that was too much, and is credited two months after it came in; invented."""
FEWEST = 32
"""Scenarios that are planned; only the first is looked at."""
SOURCE: Said = ("scenario van het model (verzonnen)", "scenario of the model (invented)")
MARK: dict[str, object] = {"status": "illustrative", "entered_by": "bekostiging actuals", "line": 0}


@dataclass(frozen=True)
class DrawnMonths:
    """A drawn course of contract years and what was reported of it.

    Parameters
    ----------
    figures : YearFigures
        Table ``actuals`` alone: everything received up to the last month asked for.
    truth : Months
        What really happened, one scenario, over whole years; units and clients by month and cell.
    care_use : CareUse
        The same as contracts settle it.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> drawn = drawn_months(read_case("veenrand"), seed=1, months=2)
    >>> sorted({row.received for row in drawn.figures.actuals})
    ['2028-01', '2028-02']
    """

    figures: YearFigures
    truth: Months
    care_use: CareUse


@kinds_checked
def drawn_months(case: Case, seed: Seed, months: Count = 12, lang: str = "nl", shift: float = 1.0) -> DrawnMonths:
    """Draw a course of contract years and report it month by month, with delays, corrections and credits.

    Parameters
    ----------
    case : Case
        With the contracts.
    seed : int
        Of the draw.
    months : int
        Months from the start of the contracts; what is received after the last of them is left out. Twelve unless given.
    lang : str
        Language of the sources, ``nl`` or ``en``.
    shift : float
        What the starts are multiplied by from the third month on, to see whether it is noticed; 1 unless given.

    Returns
    -------
    DrawnMonths
        Contracts that are paid a lump sum report who starts, stops and is in care, and claim nothing.

    Raises
    ------
    UserError
        More months than the contracts last; a shift that is not above zero.

    Examples
    --------
    >>> from bekostiging.case import read_case
    >>> drawn = drawn_months(read_case("veenrand"), seed=1, months=3)
    >>> {row.status for row in drawn.figures.actuals}
    {'illustrative'}
    >>> bool(sum(row.units for row in drawn.figures.actuals) < drawn.truth.units[0, :3].sum())  # March is not claimed
    True
    """
    lang = checked_language("lang", lang)
    if months > MONTHS * case.n_years:
        raise UserError(
            f"{{months}} {months}: het contract duurt {MONTHS * case.n_years} maanden; geef er ten hoogste zoveel.",
            f"{{months}} {months}: the contract lasts {MONTHS * case.n_years} months; give at most as many.",
            exit_code=2,
            arguments=["months"],
        )
    if shift <= 0:
        raise UserError(
            f"{{shift}} {shift}: de instroom kan niet nul of minder worden; geef een factor boven nul.",
            f"{{shift}} {shift}: the inflow cannot become zero or less; give a factor above zero.",
            exit_code=2,
            arguments=["shift"],
        )
    n_years = -(-months // MONTHS)
    planned = plan(case, FEWEST, n_years, seed, "out_of_sample")
    block = draw_block(planned, 0)
    rng = planned.generator(1, planned.n_blocks + 1)
    clients = spread_over_months(block.clients, planned, block.factors, rng)
    care_use = planned.reducer.reduce(clients, block.factors)
    truth = months_of(clients, planned.cells.n_cells, MONTHS * n_years)
    only = Months(*(getattr(truth, name)[:1] for name in ("starts", "stops", "caseload", "months", "units")))
    if shift != 1.0:
        only = _shifted(only, shift, rng)
    rows = tuple(_rows(case, planned.cells, only, months, SOURCE[lang != "nl"], rng))
    return DrawnMonths(YearFigures(actuals=rows), only, care_use)


def _shifted(truth: Months, shift: float, rng: np.random.Generator) -> Months:
    """More or fewer starts from March on; who comes extra is not followed further, so only starts are of use."""
    starts = truth.starts.copy()
    late = starts[:, 2:]
    starts[:, 2:] = late + rng.poisson(late * (shift - 1)) if shift > 1 else rng.binomial(late.astype(int), shift)
    return Months(starts, truth.stops, truth.caseload, truth.months, truth.units)


def _rows(
    case: Case, cells: Cells, truth: Months, months: int, source: str, rng: np.random.Generator
) -> Iterator[Actual]:
    """Rows by month of care and of receipt, in the order they come in."""
    form = {lot.id: lot.payment_form for lot in case.lots}
    levels = {lot.id: price_levels(case, lot.id, _plain_years(case, cells, truth)) for lot in case.lots}
    late = {name: _late(getattr(truth, name)[0], rng) for name in ("starts", "stops")}
    claims, credits = _claims(truth.units[0], rng)
    for received in range(months):
        for month in range(max(0, received - len(CLAIMED) - 1), received + 1):
            delay, year = received - month, month // MONTHS
            for cell in np.flatnonzero(cells.contract >= 0):
                provider, lot = cells.contract_ids[cells.contract[cell]]
                units = 0.0 if PAYMENT_FORMS[form[lot]].lump_sum else claims[delay, month, cell]
                credit = 0.0 if PAYMENT_FORMS[form[lot]].lump_sum else credits[delay, month, cell]
                counts = {name: late[name][delay, month, cell] if delay < 2 else 0.0 for name in late}
                if delay and not (units or credit or any(counts.values())):
                    continue
                price = float(cells.tariff[cell] * levels[lot].price[0, year])
                billed = round(units + credit, 2)
                yield Actual.model_validate(
                    {
                        **MARK,
                        "source": source,
                        "entered_on": f"{_month(case, received)}-28",
                        "month": _month(case, month),
                        "received": _month(case, received),
                        "provider": provider,
                        "lot": lot,
                        "care_form": cells.care_form_ids[cells.care_form[cell]],
                        "area": cells.area_ids[cells.area[cell]],
                        "starts": counts["starts"],
                        "stops": counts["stops"],
                        "caseload": None if delay else truth.caseload[0, month, cell],
                        "units": billed,
                        "euros": round(billed * price, 2),
                    }
                )


def _plain_years(case: Case, cells: Cells, truth: Months) -> CareUse:
    """Care use at expectation, for the price level of contracts at forecast indices."""
    return expected_care_use(case, cells, truth.starts.shape[1] // MONTHS)


def _late(counts: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Counts by delay 0 and 1."""
    at_once = rng.binomial(counts.astype(np.int64), REPORTED_AT_ONCE).astype(float)
    return np.stack([at_once, counts - at_once])


def _claims(units: FloatArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """First claims and credits by delay, month and cell; together the units."""
    n = len(CLAIMED)
    later = rng.dirichlet(EVENNESS * CLAIMED[1:], size=units.shape)
    first = np.concatenate(
        [
            np.zeros((1, *units.shape)),
            np.moveaxis(later, -1, 0) * units / (1 - CREDITED),
            np.zeros((2, *units.shape)),
        ]
    )
    credits = np.zeros_like(first)
    credits[2 : n + 2] = -CREDITED * first[:n]
    return first.round(2), credits.round(2)


def _month(case: Case, place: int) -> str:
    """A month of the contracts as ``2028-03``."""
    return f"{case.first_year + place // MONTHS}-{place % MONTHS + 1:02d}"
