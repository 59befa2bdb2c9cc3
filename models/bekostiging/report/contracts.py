"""What the contracts do within the year and what would turn them: ceilings, break-even, sweeps."""

from __future__ import annotations

from typing import Any

import numpy as np

from bekostiging.case.tables import PAYMENT_FORMS
from bekostiging.report.texts import Texts
from bekostiging.stress import BREAK_EVEN, CeilingResult, Comparison

Table = list[list[str]]
QUANTILES = (0.1, 0.5, 0.9)


def contract_sections(outcome: Comparison, texts: Texts) -> dict[str, Any]:
    """The tables of the report; empty ones are not shown."""
    return {
        "ceilings": _ceilings(outcome, texts),
        "break_even": _break_even(outcome, texts),
        "sweeps": [_sweep(outcome, texts, k) for k in range(len(outcome.sweeps))],
        "clauses": _clauses(outcome, texts),
    }


def _clauses(outcome: Comparison, texts: Texts) -> Table:
    """The clauses of the case in order."""
    if not outcome.case.clauses:
        return []
    head = [
        texts["columns", "lot"],
        texts["columns", "form"],
        "",
        texts["page", "clause"],
        texts["columns", "share"],
    ]
    rows = [head]
    for row in sorted(outcome.case.clauses, key=lambda row: (row.lot, row.payment_form, row.position)):
        terms = [(name, getattr(row, name)) for name in ("lower", "upper", "threshold", "cap", "length")]
        told = ", ".join(f"{name} {texts.numbers.plain(value, 2)}" for name, value in terms if value is not None)
        name = f"{texts['clauses', row.clause]}{f' ({told})' if told else ''} — {texts['statuses', row.status]}"
        rows.append(
            [row.lot, texts["forms", row.payment_form], str(row.position), name, texts.numbers.percent(row.share)]
        )
    return rows


def _ceilings(outcome: Comparison, texts: Texts) -> Table:
    """Chance and month of signal and stop, per contract and year."""
    months = texts["page", "months"].split()
    columns = ("provider", "lot", "year", "form")
    told = ("signal", "signal_month", "stop", "stop_month")
    head = [*(texts["columns", name] for name in columns), *(texts["page", name] for name in told)]
    rows = []
    names = {row.id: row.name for row in outcome.case.providers}
    for form in PAYMENT_FORMS:
        for contract, years in outcome.forms[form].ceilings.items():
            provider, lot = contract.split("/", 1)
            for year, own in years.items():
                rows.append([names[provider], lot, year, texts["forms", form], *_chances(own, texts, months)])
    return [head, *rows] if rows else []


def _chances(own: CeilingResult, texts: Texts, months: list[str]) -> list[str]:
    """Chance and months of the signal, then of the stop."""
    percent = texts.numbers.estimated_percent
    return [
        percent(own.signal),
        _spread(own.signal_by_month, months),
        percent(own.stop),
        _spread(own.stop_by_month, months),
    ]


def _spread(by_month: tuple[float, ...], months: list[str]) -> str:
    """10 %, 50 % and 90 % of the month, given that it comes."""
    total = sum(by_month)
    if total == 0:
        return "–"
    reached = np.cumsum(by_month) / total
    return " / ".join(months[int(np.argmax(reached >= quantile - 1e-12))] for quantile in QUANTILES)


def _break_even(outcome: Comparison, texts: Texts) -> Table:
    """By how much volume, duration or price must change, and from which year it is cheaper as it is."""
    head = [texts["columns", "form"]]
    for quantity in BREAK_EVEN:
        head += [f"{texts['quantities', quantity]}: {texts['page', y]}" for y in ("for_municipality", "in_total")]
    rows = [[*head, texts["page", "cheaper_from"]]]
    for form in PAYMENT_FORMS:
        if form == "inspanningsgericht":
            continue
        own = outcome.forms[form].break_even
        cells = []
        for quantity in BREAK_EVEN:
            for change in (own[quantity].municipality, own[quantity].total):
                cells.append(texts["page", "never"] if change is None else _signed(change, texts))
        year = own["volume"].year
        rows.append([texts["forms", form], *cells, texts["page", "never"] if year is None else str(year)])
    return rows


def _signed(change: float, texts: Texts) -> str:
    """A change in percent with its sign."""
    text = texts.numbers.percent(change, 1)
    return f"+{text}" if change > 0 else text


def _sweep(outcome: Comparison, texts: Texts, place: int) -> Table:
    """Spending of the municipality under each change of one quantity, million euro."""
    sweep = outcome.sweeps[place]
    head = [texts["quantities", sweep.quantity], *(_signed(change, texts) for change in sweep.changes)]
    rows = [
        [texts["forms", form], *(texts.numbers.millions(float(value)) for value in sweep.spending[form])]
        for form in PAYMENT_FORMS
    ]
    return [head, *rows]
