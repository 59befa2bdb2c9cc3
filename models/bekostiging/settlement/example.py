"""The example of docs/settlement.md: a lump sum settled line by line, with round and invented figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from bekostiging.actuals import YearFigures
from bekostiging.case import Case, synthetic_region
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.rows import Row
from bekostiging.case.tables import ContractClause, Layer
from bekostiging.case.year_tables import YEAR_TABLES
from bekostiging.settlement.statement import YearSettlement
from bekostiging.settlement.yearly import settle_year

YEAR, TODAY = 2027, date(2028, 4, 14)
MARK: dict[str, object] = {
    "source": "verantwoording van 25-02-2028 (verzonnen)",
    "status": "illustrative",
    "entered_by": "voorbeeld",
    "entered_on": "2028-03-01",
}
"""Source of every row of the example."""
UNITS = {
    "aanbieder-1": {"guidance": (9_600, 7_200, 4_400), "mental_care": (8_400, 6_100, 3_800)},
    "aanbieder-4": {"guidance": (5_200, 4_100, 2_500), "mental_care": (4_700, 3_600, 2_100)},
}
"""Hours delivered by provider, care form and area."""


def example_case() -> Case:
    """Three municipalities and two providers with a lump sum for youth care: 5 % free, half of what lies beyond.

    >>> example_case().lots[0].payment_form
    'taakgericht'
    """
    region = synthetic_region(municipalities=3, providers=6)
    lot = next(row for row in region.lots if row.id == "youth")
    contracts = tuple(
        row.model_copy(update={"ceiling": None, "payment_calendar": "advance"})
        for row in region.contracts
        if row.lot == lot.id and row.provider in UNITS
    )
    shares = dict(zip(UNITS, (0.65, 0.35), strict=True))
    offers = tuple(
        row.model_copy(
            update={"market_share": shares.get(row.provider, 0.0)} if row.care_form in lot.care_forms else {}
        )
        for row in region.offers
        if row.care_form not in lot.care_forms or row.provider in shares
    )
    edges = {"deficit_1": (1.0, 1.05, 0.0), "deficit_2": (1.05, None, 0.5), "surplus_1": (0.95, 1.0, 0.0),
             "surplus_2": (0.0, 0.95, 0.5)}  # fmt: skip
    own = {"lot": lot.id, "source": "contract (verzonnen)", "status": "illustrative"}
    layers = tuple(
        Layer.model_validate(own | {"layer": name, "lower": low, "upper": high, "share": share})
        for name, (low, high, share) in edges.items()
    )
    terms: tuple[dict[str, object], ...] = (
        {"position": 1, "clause": "crisis_care", "share": 1.0},
        {"position": 2, "clause": "performance", "share": 0.02, "upper": 0.8},
        {"position": 3, "clause": "provider_pool", "share": 0.1, "lower": 1.0},
    )
    clauses = tuple(ContractClause.model_validate(own | {"payment_form": "taakgericht"} | one) for one in terms)
    known = {2026: (0.030, 0.0345, 0.020, 0.021), 2027: (0.030, None, 0.020, None)}
    indices = tuple(
        row.model_copy(
            update=dict(
                zip(("ova_forecast", "ova_final", "ppc_forecast", "ppc_final"), known[row.year], strict=True)
            )
        )
        if row.year in known
        else row
        for row in region.indices
    )
    return replace(
        region,
        lots=(lot.model_copy(update={"payment_form": "taakgericht"}),),
        contracts=contracts,
        layers=layers,
        offers=offers,
        capacity=(),
        clauses=clauses,
        indices=indices,
    )


def _rows(table: str, *rows: dict[str, object]) -> tuple[Any, ...]:
    """Rows of a table, all of the lot of the example."""
    model: type[Row] = YEAR_TABLES[table]
    return tuple(
        model.model_validate(
            {key: value for key, value in (MARK | {"lot": "youth"} | row).items() if key in model.model_fields}
        )
        for row in rows
    )


def _statements() -> list[dict[str, object]]:
    """What both providers state; 600 hours of the first row are crisis care."""
    areas = [row.id for row in example_case().areas]
    statements: list[dict[str, object]] = [
        {"year": YEAR, "provider": provider, "care_form": form, "area": area, "units": units, "crisis_units": 0.0}
        for provider, forms in UNITS.items()
        for form, hours in forms.items()
        for area, units in zip(areas, hours, strict=True)
    ]
    statements[0]["crisis_units"] = 600.0
    return statements


def _bookings() -> list[dict[str, object]]:
    """Twelve advances, what was booked as to be paid, and a correction of the year before."""
    advances: list[dict[str, object]] = [
        {"booking": "advance", "paid_on": f"{YEAR}-{month:02d}-01", "euros": 280_000.0} for month in range(1, 13)
    ]
    others: tuple[dict[str, object], ...] = (
        {"booking": "to_be_paid", "paid_on": "2027-12-31", "euros": 95_000.0},
        {"booking": "earlier_year", "paid_on": "2028-03-20", "euros": -8_450.0, "of_year": 2026},
    )
    return [*advances, *others]


def example_figures() -> YearFigures:
    """What documents say of 2027.

    >>> example_figures().years
    (2027,)
    """
    first: dict[str, object] = {"year": YEAR, "provider": "aanbieder-1"}
    outcomes = (
        {"year": YEAR, "provider": provider, "outcome": "goals_reached", "numerator": 300, "denominator": 500}
        for provider in UNITS
    )
    return YearFigures(
        statements=_rows("statements", *_statements()),
        deductions=_rows(
            "deductions",
            first | {"reason": "not_shown", "finding": "uncertainty", "euros": 18_240.0, "disputed": True},
            first | {"reason": "residence", "finding": "error", "euros": 6_310.40},
        ),
        outcomes=_rows("outcomes", *outcomes),
        changes=_rows(
            "changes",
            first
            | {
                "letter": "2",
                "dated": "2027-05-12",
                "from_month": "2027-07",
                "euros": 90_000.0,
                "price_level": YEAR,
            },
        ),
        terms=_rows(
            "terms",
            first | {"term": "reference_amount", "from_month": "2026-01", "agreed": 3_240_000.0},
            first | {"term": "loading", "from_month": "2026-01", "agreed": 0.015},
            {
                "provider": "aanbieder-4",
                "term": "reference_amount",
                "from_month": "2026-01",
                "agreed": 2_000_000.0,
            },
        ),
        bookings=_rows("bookings", *(first | row for row in _bookings())),
        keys=_rows(
            "keys",
            *(
                {"year": YEAR, "municipality": row.code, "share": share}
                for row, share in zip(example_case().municipalities, (0.475, 0.332, 0.193), strict=True)
            ),
        ),
        determinations=_rows("determinations", first | {"statement_on": "2028-02-25", "checked_by": "voorbeeld"}),
    )


@kinds_checked
def example_year(status: str = "voorlopig") -> YearSettlement:
    """The example settled.

    Parameters
    ----------
    status : str, default "voorlopig"
        ``raming`` or ``voorlopig``: what a definitive settlement asks is not all there.

    Returns
    -------
    YearSettlement
        Two contracts over 2027; every figure is invented.

    Examples
    --------
    >>> one = example_year().contracts[0]
    >>> one.determined / 100, one.to_pay / 100
    (3501362.12, 132912.12)
    """
    return settle_year(example_case(), example_figures(), YEAR, status, today=TODAY)
