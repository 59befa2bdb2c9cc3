"""What the contracts do within the year and what would turn them: ceilings, break-even, sweeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bekostiging.case.form_choice import shown_forms
from bekostiging.case.rows import name_in
from bekostiging.case.tables import CLAUSE_COLUMNS, PAYMENT_FORMS
from bekostiging.case.workbook.names import column_name
from bekostiging.contracts import BASELINE
from bekostiging.evaluation import BREAK_EVEN, TERM, TOTAL, CeilingResult, Comparison, regimes
from bekostiging.evaluation.figures import EXPECTED, OVERRUN_PROBABILITY, P90, PROVIDER_RESULT, WAITING_CLIENTS
from bekostiging.report.kit.sections import names_of
from bekostiging.report.kit.texts import Texts
from bekostiging.units import THOUSAND

Table = list[list[str]]
Row = dict[str, str | float | int | None]


def contract_sections(outcome: Comparison, texts: Texts) -> dict[str, Any]:
    """The tables of the report; empty ones are not shown."""
    return {
        "ceilings": _ceilings(outcome, texts),
        "break_even": _break_even(outcome, texts),
        "sweeps": [_sweep(outcome, texts, k) for k in range(len(outcome.sweeps))],
        "clauses": _clauses(outcome, texts),
        "mix": _mix(outcome, texts),
        "exact": _exact(outcome, texts),
        "exact_note": _exact_note(outcome, texts),
    }


def _mix(outcome: Comparison, texts: Texts) -> Table:
    """Spending over the term and the providers' result with every lot in its own form, beside each form for all lots."""
    if outcome.mix is None:
        return []
    shown = (EXPECTED, P90, OVERRUN_PROBABILITY)
    rows = [["", *(texts[figure] for figure in (*shown, PROVIDER_RESULT, WAITING_CLIENTS))]]
    named = [(texts["page", "mix"], outcome.mix.municipalities, outcome.mix.corner_totals)]
    named += [
        (texts["forms", form], outcome.forms[form].municipalities, outcome.forms[form].corner_totals)
        for form in shown_forms(outcome.case)
    ]
    for name, municipalities, corners in named:
        own, totals = municipalities[TOTAL][TERM], corners[outcome.corner]
        rows.append(
            [
                name,
                *(texts.numbers.figure(figure, own[figure]) for figure in shown),
                texts.numbers.figure(PROVIDER_RESULT, totals[PROVIDER_RESULT]),
                texts.numbers.figure(WAITING_CLIENTS, corners["wait"][WAITING_CLIENTS]),
            ]
        )
    return rows


def _exact(outcome: Comparison, texts: Texts) -> Table:
    """Per contract and layer the exact mean and the simulated one, thousand euro."""
    if not outcome.exact:
        return []
    layers, names = list(dict.fromkeys(one.layer for one in outcome.exact)), names_of(outcome.case, texts.lang)
    rows = [["", *(texts.layer(layer) for layer in layers)]]
    for contract in dict.fromkeys(one.contract for one in outcome.exact):
        own = {one.layer: one for one in outcome.exact if one.contract == contract}
        cells = []
        for layer in layers:
            one = own.get(layer)
            if one is None:
                cells.append("–")
                continue
            simulated = texts.numbers.estimate(one.drawn, THOUSAND, 1)
            text = f"{texts.numbers.plain(one.exact.value / THOUSAND, 1)} | {simulated}"
            cells.append(f"{text} (!)" if one.alarm else text)
        rows.append([_contract_name(contract, names), *cells])
    return rows


def _contract_name(contract: str, names: dict[str, str]) -> str:
    """Provider and lot of a contract by their names."""
    return " / ".join(names[part] for part in contract.split("/"))


def _exact_note(outcome: Comparison, texts: Texts) -> str:
    """How many comparisons, how many alarms, and what was left out."""
    alarms = sum(one.alarm for one in outcome.exact)
    note = texts["page", "exact_note"].format(n=len(outcome.exact), alarms=alarms)
    names = names_of(outcome.case, texts.lang)
    why: dict[str, list[str]] = {}
    for contract, reason in outcome.exact_skipped:
        why.setdefault(reason[texts.lang], []).append(_contract_name(contract, names))
    left = "; ".join(f"{', '.join(contracts)} ({reason})" for reason, contracts in why.items())
    return f"{note} {texts['page', 'exact_skipped'].format(left=left)}" if left else note


def exact_rows(outcome: Comparison) -> Iterator[Row]:
    """One row per contract and layer, exact and simulated; euro."""
    for one in outcome.exact:
        for figure, estimate in (("exact", one.exact), ("drawn", one.drawn)):
            yield {"contract": one.contract, "layer": one.layer, "figure": figure, "value": estimate.value,
                   "standard_error": estimate.standard_error, "alarm": bool(one.alarm), "unit": "euro"}  # fmt: skip


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
    rows, names = [head], names_of(outcome.case, texts.lang)
    for row in sorted(outcome.case.clauses, key=lambda row: (row.lot, row.payment_form, row.position)):
        terms = [(name, getattr(row, name)) for name in CLAUSE_COLUMNS]
        listed = ", ".join(
            f"{column_name(name, texts.lang)} {texts.numbers.plain(value, 0 if value == int(value) else 2)}"
            for name, value in terms
            if value is not None
        )
        name = (
            f"{texts['clauses', row.clause]}{f' ({listed})' if listed else ''} — {texts['statuses', row.status]}"
        )
        rows.append(
            [
                names[row.lot],
                texts["forms", row.payment_form],
                str(row.position),
                name,
                texts.numbers.percent(row.share),
            ]
        )
    return rows


def _ceilings(outcome: Comparison, texts: Texts) -> Table:
    """Per contract and year the chance of the signal and of a stop, with its median month; alike for every tariff."""
    months = texts["page", "months"].split()
    own = outcome.forms[BASELINE].ceilings
    if not own:
        return []
    names = names_of(outcome.case, texts.lang)
    rows = [[texts["columns", "provider"], texts["columns", "lot"], *(str(year) for year in outcome.years)]]
    for (provider, lot), years in own.items():
        rows.append(
            [names[provider], names[lot], *(_chances(years[str(year)], texts, months) for year in outcome.years)]
        )
    return rows


def _chances(own: CeilingResult, texts: Texts, months: list[str]) -> str:
    """Chance of the signal and of the stop, and the month by which half of the stops have come."""
    signal, stop = (texts.numbers.percent(one.value) for one in (own.signal, own.stop))
    total = sum(own.stop_by_month)
    if total == 0:
        return f"{signal} / {stop}"
    middle = int(np.argmax(np.cumsum(own.stop_by_month) >= total / 2 - 1e-12))
    return f"{signal} / {stop} ({months[middle]})"


def ceiling_rows(outcome: Comparison) -> Iterator[Row]:
    """One row per contract, year, event and month: its chance."""
    for (provider, lot), years in outcome.forms[BASELINE].ceilings.items():
        for year, own in years.items():
            for event, by_month in (("signal", own.signal_by_month), ("stop", own.stop_by_month)):
                for month, chance in enumerate(by_month, start=1):
                    yield {"provider": provider, "lot": lot, "year": int(year), "event": event, "month": month,
                           "value": chance, "unit": "fraction"}  # fmt: skip


def break_even_rows(outcome: Comparison) -> Iterator[Row]:
    """One row per form, quantity and yardstick; the change needed as a fraction, empty where none does."""
    for form in PAYMENT_FORMS:
        for quantity, own in outcome.forms[form].break_even.items():
            for yardstick, change in (("municipality", own.municipality), ("total", own.total)):
                yield {"form": form, "figure": quantity, "yardstick": yardstick, "value": change, "year": own.year,
                       "unit": "fraction"}  # fmt: skip


def regime_table(outcome: Comparison, texts: Texts) -> Table:
    """How many ways of being paid a provider faces, and what one way would save; only where one faces several."""
    own = [one for one in regimes(outcome.case) if one.regimes > 1]
    if not own:
        return []
    names = {row.id: name_in(row, texts.lang) for row in outcome.case.providers}
    rows = [[texts["columns", "provider"], texts["page", "regimes"], texts["page", "hours_saved"]]]
    return rows + [[names[one.provider], str(one.regimes), texts.numbers.plain(one.hours_saved)] for one in own]


def _break_even(outcome: Comparison, texts: Texts) -> Table:
    """By how much volume, duration or price must change, and from which year it is cheaper as it is."""
    head = [texts["columns", "form"]]
    for quantity in BREAK_EVEN:
        head += [f"{texts['quantities', quantity]}: {texts['page', y]}" for y in ("for_municipality", "in_total")]
    rows = [[*head, texts["page", "cheaper_from"]]]
    for form in shown_forms(outcome.case):
        if form == BASELINE:
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
        for form in shown_forms(outcome.case)
    ]
    return [head, *rows]
