"""What a controller pastes: bedrag, kans and risicobedrag for the paragraph weerstandsvermogen, and the bridge by year.

A line per municipality, year and payment form: what is expected beyond the begroting (a gap to be budgeted), amount (the
mean overrun of the futures that have one) x chance = risk amount (the expected overrun), and what the incidental stock is
used for. The line of the term has the stock once, with the part of it that is needed. The ratio of the paragraaf (BBV art.
11: available over required) covers all risks of a municipality; it stands here only where the user gave both for the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bekostiging.case import Case
from bekostiging.lumpsum import LumpSumData
from bekostiging.report.results import SPENDING
from bekostiging.report.takeaway.long import Cell, LongTable, Row, estimated
from bekostiging.report.texts import Texts
from bekostiging.stress import TERM, TOTAL, Bridge, Estimates
from bekostiging.stress.bridge import added
from bekostiging.units import CENTS
from bekostiging_solvers import Estimate

Spent = Mapping[str, Mapping[str, Mapping[str, Estimates]]]
"""[payment form or mix][municipality code or TOTAL][year or TERM][figure]."""
FIGURE = ("figure", "value", "standard_error", "unit")
ESTIMATED = (
    "expected", "gap", "overrun_size", "overrun_probability", "expected_overrun", "reserve_needed",
    "required_resistance_capacity", "required_resistance_capacity_80", "required_resistance_capacity_90",
)  # fmt: skip
"""Figures of a line, in the order of the paragraph."""


def spending_rows(spent: Spent, texts: Texts) -> Iterator[Row]:
    """Every figure of municipal spending; without a value where nothing is known of one."""
    for form, municipalities in spent.items():
        for code, years in municipalities.items():
            for year, estimates in years.items():
                for name in SPENDING:
                    yield _place(form, code, year, texts) | estimated(texts, name, estimates.get(name))


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
        ("municipality", "year", "form", *FIGURE),
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
            covered: dict[str, float | None] = {
                "room": float(data.room[own].sum(axis=0) @ weight),
                "structural": float(data.structural.sum(axis=0)[own].sum(axis=0) @ weight),
            }
            if year == TERM:
                covered |= {"stock": float(data.stock[own, -1].sum()), "ratio": _ratio(case, code)}
            for form, municipalities in spent.items():
                place = _place(form, code, year, texts)
                for name, figure in _figures(case, municipalities[code][year], covered).items():
                    yield place | estimated(texts, name, figure, "resistance")


def _ratio(case: Case, code: str) -> float | None:
    """Available over required resistance capacity of the whole municipality, where the user gave both."""
    row = next((one for one in case.municipalities if one.code == code), None)
    if row is None or row.resistance_available is None or row.resistance_required is None:
        return None
    return row.resistance_available / row.resistance_required


def _figures(
    case: Case, estimates: Estimates, covered: Mapping[str, float | None]
) -> dict[str, Estimate | float | None]:
    """The figures of one line in order, the council's certainty once; no size of an overrun that no future has; the stock,
    what part of the need it covers, and the ratio of the whole municipality in the line of the term alone."""
    again = f"required_resistance_capacity_{round(100 * case.policy.certainty)}"
    found: dict[str, Estimate | float | None] = {"expected": estimates["expected"], "room": covered["room"]}
    found |= {name: estimates.get(name) for name in ESTIMATED[1:] if name != again}
    found["structural"] = covered["structural"]
    if "stock" in covered:
        needed, stock = estimates["reserve_needed"].value, covered["stock"] or 0.0
        found |= {"stock": stock, "cover": stock / needed if needed > 0 else None, "ratio": covered["ratio"]}
    return found


def bridge_table(found: Sequence[Bridge], data: LumpSumData, texts: Texts) -> LongTable:
    """From the revenue of today's contracts, year by year, to the designed budget, per lot and for all of them; euro in
    whole cents."""
    notes = []
    if found:
        years = " + ".join(str(year) for year in sorted(added(one.effects for one in found).revenue))
        notes.append(texts["takeaway", "bridge_note"].format(before=years, year=data.years[0]))
    left = [lot.name for lot in data.lots if lot.name not in {one.lot for one in found}]
    if left:
        notes.append(texts["takeaway", "bridge_left_out"].format(lots=", ".join(left)))
    rows = tuple(_bridge_rows(found, data.years[0], texts))
    return LongTable("bridge", ("lot", *FIGURE), rows, "lot", notes=tuple(notes))


def _bridge_rows(found: Sequence[Bridge], first: int, texts: Texts) -> Iterator[Row]:
    """Rows per lot, and their sum where there are more; every lot has the years of all."""
    total = added(one.effects for one in found).steps()
    for one in found:
        own = one.effects.steps()
        yield from _steps(one.lot, {step: own.get(step, 0) for step in total}, first, texts)
        yield {"lot": one.lot} | estimated(texts, "beside", one.beside, "bridge")
    if len(found) > 1:
        yield from _steps(texts["columns", "total"], total, first, texts)


def _steps(lot: str, cents: Mapping[tuple[str, int | None], int], first: int, texts: Texts) -> Iterator[Row]:
    """The steps of one bridge, each with the year it is about."""
    for (step, year), amount in cents.items():
        row = estimated(texts, step, amount / CENTS, "bridge")
        yield {"lot": lot} | row | {"figure": texts["bridge", step].format(year=year or first)}
