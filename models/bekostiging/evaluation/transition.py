"""Clients in care at the switch of contracts: they stay, are taken over, or finish under the old contract.

Stay: nothing changes. Taken over: for some weeks two providers are paid. Closed: the old contract serves them to their end,
per unit at the tariff, outside the new contracts; so the new ones begin without clients, and the begroting has that much
less headroom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from bekostiging.case import Case, UserError
from bekostiging.case.errors import Note
from bekostiging.case.numbers import in_en, in_nl
from bekostiging.case.tables import Begroting, Demand, Lot
from bekostiging.contracts import expected_level
from bekostiging.scenarios import Cells, build_cells
from bekostiging.scenarios.forecast import client_months_of_stock, demand_forecast, demand_of_cells
from bekostiging.units import MONTHS, WEEKS_PER_MONTH


def handover(case: Case, cells: Cells) -> tuple[Note, ...]:
    """Notes on double running cost: for some weeks two providers are paid for clients who are taken over."""
    notes: list[Note] = []
    forecast, row = demand_forecast(case, 1), demand_of_cells(case, cells)
    weekly = forecast.stock * forecast.units_per_month / WEEKS_PER_MONTH
    for j, lot in enumerate(case.lots):
        if lot.sitting_clients != "taken_over":
            continue
        own = cells.lot == j
        euro = float((weekly[row] * cells.market_share * cells.tariff)[own].sum()) * lot.handover_weeks
        notes.append(
            {
                "nl": f"Perceel {lot.id}: zittende cliënten worden overgenomen; {in_nl(lot.handover_weeks)} weken dubbele "
                f"lasten kosten naar verwachting {_euro(euro, 'nl')} euro in het eerste jaar, onder elke bekostigingsvorm "
                "gelijk en niet in de andere cijfers.",
                "en": f"Lot {lot.id}: clients in care are taken over; {in_en(lot.handover_weeks)} weeks of double running "
                f"cost are expected to cost {_euro(euro, 'en')} euro in the first year, alike under every payment form and "
                "not in the other figures.",
            }
        )
    return tuple(notes)


def _euro(value: float, lang: str) -> str:
    """Whole euros with the reader's thousands separator."""
    text = f"{value:,.0f}"
    return text.replace(",", ".") if lang == "nl" else text


def without_closed(case: Case, n_years: int) -> tuple[Case, tuple[Note, ...]]:
    """The case as the new contracts see it, and what the old ones still cost; the same case without closed lots.

    Expected cost of the clients who finish under an old contract is added to ``begroting.outside_contracts`` of the
    municipality that pays for them. Today's revenue of a closed lot is that of clients its new contracts do not have: it is
    left out, and the transition cap asks nothing.

    Raises
    ------
    UserError
        More than a municipality has begroot for that law and year.
    """
    closed = [lot for lot in case.lots if lot.sitting_clients == "closed"]
    if not closed:
        return case, ()
    euro = _old_contracts(case, build_cells(case), n_years)
    names = [lot.id for lot in closed]
    return (
        replace(
            case,
            demand=tuple(_without_stock(row, closed) for row in case.demand),
            begroting=tuple(
                _with_outside(row, euro.get((row.municipality, row.law, row.year), 0.0)) for row in case.begroting
            ),
            contracts=tuple(
                row.model_copy(update={"revenue": 0.0}) if row.lot in names else row for row in case.contracts
            ),
        ),
        (_closed_note(names, euro, [case.first_year + t for t in range(n_years)]),),
    )


def _without_stock(row: Demand, closed: Sequence[Lot]) -> Demand:
    """A demand without clients at the start where a closed lot serves it."""
    if any(row.area in lot.areas and row.care_form in lot.care_forms for lot in closed):
        return row.model_copy(update={"clients_at_start": 0.0})
    return row


def _closed_note(names: Sequence[str], euro: Mapping[tuple[str, str, int], float], years: Sequence[int]) -> Note:
    """What the old contracts of closed lots still cost, by year."""
    yearly = [sum(value for (_, _, year), value in euro.items() if year == own) for own in years]
    cost = {
        lang: ", ".join(f"{year}: {_euro(value, lang)}" for year, value in zip(years, yearly, strict=True))
        for lang in ("nl", "en")
    }
    lots = ", ".join(names)
    return {
        "nl": f"Perceel {lots}: zittende cliënten lopen af onder het oude contract, per eenheid betaald; dat kost naar "
        f"verwachting {cost['nl']} euro en staat bij wat buiten de contracten blijft. De nieuwe contracten beginnen zonder "
        "cliënten.",
        "en": f"Lot {lots}: clients in care finish under the old contract, paid per unit; that is expected to cost "
        f"{cost['en']} euro and is part of what stays outside the contracts. The new contracts begin without clients.",
    }


def _old_contracts(case: Case, cells: Cells, n_years: int) -> dict[tuple[str, str, int], float]:
    """Expected cost of the caseload of closed lots at the tariffs, by municipality, law and year; nominal euro."""
    forecast, row = demand_forecast(case, n_years), demand_of_cells(case, cells)
    laws = {form.id: form.law for form in case.care_forms}
    euro: dict[tuple[str, str, int], float] = {}
    for j, lot in enumerate(case.lots):
        if lot.sitting_clients != "closed":
            continue
        level = expected_level(case, lot.id, n_years)
        for year in range(n_years):
            begin = np.full(len(forecast.stock), MONTHS * year, dtype=np.float64)
            months = client_months_of_stock(begin, begin + MONTHS, forecast.durations)
            units = (forecast.stock * forecast.units_per_month * months)[row] * cells.market_share
            for cell in np.flatnonzero(cells.lot == j):
                payer = cells.municipality_codes[cells.municipality[cell]]
                key = (payer, laws[cells.care_form_ids[cells.care_form[cell]]], case.first_year + year)
                euro[key] = euro.get(key, 0.0) + float(units[cell] * cells.tariff[cell] * level[year])
    return euro


def _with_outside(row: Begroting, euro: float) -> Begroting:
    """A begroting with more outside the contracts."""
    outside = row.outside_contracts + euro
    if outside > row.amount:
        raise UserError(
            f"begroting van {row.municipality}, {row.law}, {row.year}: aflopende contracten kosten naar verwachting "
            f"{_euro(euro, 'nl')} euro, meer dan de {_euro(row.amount - row.outside_contracts, 'nl')} die er is; verhoog "
            "het bedrag of laat cliënten blijven (lots.sitting_clients)",
            f"begroting of {row.municipality}, {row.law}, {row.year}: contracts that run off are expected to cost "
            f"{_euro(euro, 'en')} euro, more than the {_euro(row.amount - row.outside_contracts, 'en')} there is; raise the "
            "amount or let clients stay (lots.sitting_clients)",
        )
    return row.model_copy(update={"outside_contracts": outside})
