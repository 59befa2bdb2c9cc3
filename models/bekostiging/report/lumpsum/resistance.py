"""What a controller pastes: bedrag, kans and risicobedrag for the paragraph weerstandsvermogen, and the bridge by year.

A line per municipality, year and payment form: what is expected beyond the begroting (a gap to be budgeted), amount (the
mean overrun of the scenarios that have one) x chance = risk amount (the expected overrun), and what the incidental stock is
used for. The line of the term has the stock once, with the part of it that is needed. The ratio of the paragraaf (BBV art.
11: available over required) covers all risks of a municipality; it stands here only where the user gave both for the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from bekostiging.case import Case
from bekostiging.evaluation import SPENDING_FIGURES, TERM, TOTAL, Bridge, Estimates, Figure, figures
from bekostiging.evaluation.bridge import added
from bekostiging.lumpsum import LumpSumData
from bekostiging.report.kit.long import FIGURE_COLUMNS, Cell, LongTable, Row, estimated
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.units import CENTS
from bekostiging_solvers import Estimate

Spent = Mapping[str, Mapping[str, Mapping[str, Estimates]]]
"""[payment form or mix][municipality code or TOTAL][year or TERM][figure]."""
LINE = (
    replace(figures.EXPECTED, nl="verwachte uitgaven", en="expected spending"),
    figures.HEADROOM,
    figures.GAP,
    replace(
        figures.OVERRUN_SIZE,
        nl="bedrag (gemiddelde overschrijding als zij zich voordoet)",
        en="amount (mean overrun when there is one)",
    ),
    replace(figures.OVERRUN_PROBABILITY, nl="kans", en="chance"),
    replace(figures.EXPECTED_OVERRUN, nl="risicobedrag (bedrag × kans)", en="risk amount (amount × chance)"),
    figures.RESERVE_NEEDED,
    figures.REQUIRED_RESISTANCE_CAPACITY,
    figures.REQUIRED_RESISTANCE_CAPACITY_80,
    figures.REQUIRED_RESISTANCE_CAPACITY_90,
    figures.STRUCTURAL,
    figures.STOCK,
    figures.COVER,
    figures.RATIO,
)
"""Figures of a line in the order and the words of the paragraph."""


def spending_rows(spent: Spent, texts: Texts) -> Iterator[Row]:
    """Every figure of municipal spending; without a value where nothing is known of one."""
    for form, municipalities in spent.items():
        for code, years in municipalities.items():
            for year, estimates in years.items():
                for figure in SPENDING_FIGURES:
                    yield _place(form, code, year, texts) | estimated(figure, estimates.get(figure))


def _place(form: str, code: str, year: str, texts: Texts) -> dict[str, Cell]:
    """Form, municipality and year; the sum and the whole term in words."""
    return {
        "form": form,
        "municipality": texts["columns", "total"] if code == TOTAL else code,
        "year": texts["columns", "term"] if year == TERM else int(year),
    }


def resistance_table(case: Case, data: LumpSumData, spent: Spent, texts: Texts) -> LongTable:
    """The lines of the paragraph weerstandsvermogen; by municipality, then year, then form."""
    certainty = texts.numbers.percent(case.policy.certainty)
    return LongTable(
        "resistance",
        ("municipality", "year", "form", *FIGURE_COLUMNS),
        tuple(_lines(case, data, spent, texts)),
        across="figure",
        notes=(texts["takeaway", "resistance_note"].format(certainty=certainty),),
    )


def _lines(case: Case, data: LumpSumData, spent: Spent, texts: Texts) -> Iterator[Row]:
    """Rows of every line; no sum over one municipality."""
    for code, years in next(iter(spent.values()), {}).items():
        if code == TOTAL and len(data.municipalities) == 1:
            continue
        own = list(range(len(data.municipalities))) if code == TOTAL else [data.municipalities.index(code)]
        for year in years:
            weight = data.discount if year == TERM else np.array([str(y) == year for y in data.years], dtype=float)
            covered: dict[Figure, float | None] = {
                figures.HEADROOM: float(data.headroom[own].sum(axis=0) @ weight),
                figures.STRUCTURAL: float(data.structural.sum(axis=0)[own].sum(axis=0) @ weight),
            }
            if year == TERM:
                covered |= {figures.STOCK: float(data.stock[own, -1].sum()), figures.RATIO: _ratio(case, code)}
            for form, municipalities in spent.items():
                place = _place(form, code, year, texts)
                for figure, value in _figures(case, municipalities[code][year], covered).items():
                    yield place | estimated(figure, value)


def _ratio(case: Case, code: str) -> float | None:
    """Available over required resistance capacity of the whole municipality, where the user gave both."""
    row = next((one for one in case.municipalities if one.code == code), None)
    if row is None or row.resistance_available is None or row.resistance_required is None:
        return None
    return row.resistance_available / row.resistance_required


def _figures(
    case: Case, estimates: Estimates, covered: Mapping[Figure, float | None]
) -> dict[Figure, Estimate | float | None]:
    """The figures of one line in order, the council's certainty once; no size of an overrun that no scenario has; the stock,
    what part of the need it covers, and the ratio of the whole municipality in the line of the term alone."""
    again = f"{figures.REQUIRED_RESISTANCE_CAPACITY.name}_{round(100 * case.policy.certainty)}"
    known: dict[str, Estimate | float | None] = {own.name: estimates.get(own) for own in SPENDING_FIGURES}
    known |= {own.name: value for own, value in covered.items()}
    if figures.STOCK in covered:
        needed, stock = estimates[figures.RESERVE_NEEDED].value, covered[figures.STOCK] or 0.0
        known[figures.COVER.name] = stock / needed if needed > 0 else None
    return {figure: known[figure.name] for figure in LINE if figure.name in known and figure.name != again}


def bridge_table(case: Case, bridges: Sequence[Bridge], data: LumpSumData, texts: Texts) -> LongTable:
    """From the revenue of today's contracts, year by year, to the designed budget, per lot and for all of them; euro in
    whole cents. ``case`` gives the names of the lots without one."""
    notes = []
    if bridges:
        years = " + ".join(str(year) for year in sorted(added(one.effects for one in bridges).revenue))
        notes.append(texts["takeaway", "bridge_note"].format(before=years, year=data.years[0]))
    names, bridged = names_of(case, texts.lang), {one.lot for one in bridges}
    left = [names.get(lot.name, lot.name) for lot in data.lots if lot.name not in bridged]
    if left:
        notes.append(texts["takeaway", "bridge_left_out"].format(lots=", ".join(left)))
    rows = tuple(_bridge_rows(bridges, data.years[0], texts))
    return LongTable("bridge", ("lot", *FIGURE_COLUMNS), rows, "lot", notes=tuple(notes))


def _bridge_rows(bridges: Sequence[Bridge], first: int, texts: Texts) -> Iterator[Row]:
    """Rows per lot, and their sum where there are more; every lot has the years of all."""
    total = added(one.effects for one in bridges).steps()
    for one in bridges:
        own = one.effects.steps()
        yield from _steps(one.lot, {step: own.get(step, 0) for step in total}, first)
        yield {"lot": one.lot} | estimated(figures.BESIDE_BUDGET, one.beside)
    if len(bridges) > 1:
        yield from _steps(texts["columns", "total"], total, first)


def _steps(lot: str, cents: Mapping[tuple[str, int | None], int], first: int) -> Iterator[Row]:
    """The steps of one bridge, each with the year it is about."""
    for (step, year), amount in cents.items():
        yield {"lot": lot} | estimated(figures.BRIDGE[step].of_year(year or first), amount / CENTS)
