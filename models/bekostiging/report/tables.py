"""Tables in long format: one row per figure, value and standard error; written as CSV in the reader's dialect."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

import numpy as np

from bekostiging.case.rows import Assumption
from bekostiging.case.tables import TABLES
from bekostiging.report.contracts import break_even_rows, ceiling_rows, exact_rows
from bekostiging.report.levers import measure_rows, substitution_rows
from bekostiging.report.texts import Texts
from bekostiging.stress import CORNERS, TERM, TOTAL, Comparison
from bekostiging_solvers import Estimate

COLUMNS: dict[str, tuple[str, ...]] = {
    "spending": ("form", "municipality", "year", "figure", "value", "standard_error"),
    "providers": ("form", "provider", "figure", "value", "standard_error"),
    "waiting": ("form", "corner", "care_form", "figure", "value", "standard_error"),
    "administration": ("form", "party", "figure", "value", "standard_error"),
    "budgets": ("provider", "lot", "year", "budget", "reference", "loading"),
    "corridor": ("lot", "layer", "lower", "upper", "share"),
    "limits": ("limit", "value", "standard_error", "bound", "holds"),
    "ceilings": ("provider", "lot", "year", "event", "month", "value"),
    "exact": ("contract", "layer", "figure", "value", "standard_error", "alarm"),
    "break_even": ("form", "figure", "yardstick", "value", "year"),
    "shocks": ("name", "form", "figure", "value", "source", "status"),
    "measures": ("name", "form", "figure", "value", "source", "status"),
    "substitution": ("name", "form", "figure", "value", "source", "status"),
    "calibration": ("name", "modelled", "published", "unit", "source", "status"),
    "assumptions": ("status", "table", "rows", "source"),
}
"""Every table and its columns; an empty table still has its header."""
Cell = str | float | int | bool | None
Row = dict[str, Cell]
STATUS_ORDER = ("illustrative", "estimated", "own_data", "published")


def tables(outcome: Comparison, texts: Texts) -> dict[str, str]:
    """File name and content of every table; the disclaimer of the case stands in each row."""
    made: dict[str, Iterator[Mapping[str, Cell]]] = {
        "spending": _spending(outcome, texts),
        "providers": _providers(outcome, texts),
        "waiting": _waiting(outcome, texts),
        "administration": _administration(outcome, texts),
        "budgets": _budgets(outcome, texts),
        "corridor": _layers(outcome, texts),
        "limits": _limits(outcome, texts),
        "ceilings": ceiling_rows(outcome),
        "exact": exact_rows(outcome),
        "break_even": break_even_rows(outcome),
        "shocks": _courses(outcome, texts),
        "measures": measure_rows(outcome, texts),
        "substitution": substitution_rows(outcome, texts),
        "calibration": _calibration(outcome, texts),
        "assumptions": assumptions(outcome),
    }
    note = outcome.case.disclaimer.get(texts.lang, "")
    return {f"{texts['files', name]}.csv": _csv(COLUMNS[name], rows, texts, note) for name, rows in made.items()}


def _csv(names: tuple[str, ...], rows: Iterator[Mapping[str, Cell]], texts: Texts, note: str) -> str:
    """Semicolon, decimal comma and byte-order mark for nl; comma and point for en."""
    out = io.StringIO()
    dutch = texts.lang == "nl"
    writer = csv.writer(out, delimiter=";" if dutch else ",", lineterminator="\n")
    header = [texts["columns", name] for name in names]
    writer.writerow([*header, texts["columns", "disclaimer"]] if note else header)
    for row in rows:
        cells = [_cell(row[name], texts) for name in names]
        writer.writerow([*cells, note] if note else cells)
    return ("\ufeff" if dutch else "") + out.getvalue()


def _cell(value: Cell, texts: Texts) -> str:
    """One cell in the dialect of the file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return texts["columns", "yes" if value else "no"]
    if isinstance(value, float):
        text = repr(round(value, 6) + 0.0)
        return text.replace(".", ",") if texts.lang == "nl" else text
    return str(value)


def _figure(texts: Texts, name: str, estimate: Estimate) -> Row:
    return {
        "figure": texts["figures", name],
        "value": estimate.value,
        "standard_error": estimate.standard_error,
    }


def _spending(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    words = {TOTAL: texts["columns", "total"], TERM: texts["columns", "term"]}
    for form, result in outcome.forms.items():
        for code, years in result.municipalities.items():
            for year, estimates in years.items():
                for name, estimate in estimates.items():
                    place: Row = {
                        "form": form,
                        "municipality": words.get(code, code),
                        "year": words.get(year, year),
                    }
                    yield place | _figure(texts, name, estimate)


def _providers(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    for form, result in outcome.forms.items():
        for provider, estimates in result.providers.items():
            for name, estimate in estimates.items():
                place: Row = {"form": form, "provider": provider}
                yield place | _figure(texts, name, estimate)


def _waiting(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    for form, result in outcome.forms.items():
        for corner in CORNERS:
            for care_form, estimates in result.care_forms[corner].items():
                for name, estimate in estimates.items():
                    place: Row = {"form": form, "corner": texts["corners", corner], "care_form": care_form}
                    yield place | _figure(texts, name, estimate)


def _administration(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    for form, result in outcome.forms.items():
        for party, estimates in result.administration.items():
            for name, estimate in estimates.items():
                place: Row = {"form": form, "party": texts["parties", party]}
                yield place | _figure(texts, name, estimate)


def _budgets(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    data, design = outcome.lumpsum.data, outcome.lumpsum.design
    for c, (provider, lot) in enumerate(data.contracts):
        for t, year in enumerate(outcome.years):
            yield {
                "provider": provider,
                "lot": lot,
                "year": year,
                "budget": float(design.budget[c, t]) if design.feasible else None,
                "reference": float(data.reference[c, t]),
                "loading": float(design.loading[data.lot[c]]) if design.feasible else None,
            }


def _layers(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    for lot, share in zip(outcome.lumpsum.data.lots, outcome.lumpsum.design.share, strict=True):
        for k, name in enumerate(lot.corridor.names):
            upper = lot.corridor.upper[k]
            yield {
                "lot": lot.name,
                "layer": name,
                "lower": float(lot.corridor.lower[k]),
                "upper": None if np.isinf(upper) else float(upper),
                "share": float(share[k]),
            }


def _limits(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    for check in outcome.lumpsum.out_of_sample:
        yield {
            "limit": check.name,
            "value": check.value,
            "standard_error": check.standard_error,
            "bound": check.limit,
            "holds": check.holds,
        }


def _courses(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    for course in (outcome.plain, *outcome.shocks, *outcome.sensitivities):
        for figure, values in (("spending", course.spending), ("provider_result", course.provider_result)):
            for form, value in values.items():
                yield {
                    "name": course.name[texts.lang],
                    "form": form,
                    "figure": texts["figures", figure],
                    "value": value,
                    "source": course.source,
                    "status": texts["statuses", course.status],
                }


def _calibration(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    for line in outcome.calibration:
        yield {
            "name": line.name[texts.lang],
            "modelled": line.modelled,
            "published": line.published,
            "unit": line.unit,
            "source": line.source,
            "status": texts["statuses", line.status],
        }


def assumptions(outcome: Comparison) -> Iterator[Row]:
    """Rows per table, status and source; the invented first."""
    counts: dict[tuple[int, str, str], int] = {}
    for table in TABLES:
        for row in getattr(outcome.case, table):
            if isinstance(row, Assumption):
                key = (STATUS_ORDER.index(row.status), table, row.source)
                counts[key] = counts.get(key, 0) + 1
    for (order, table, source), rows in sorted(counts.items(), key=lambda item: item[0][0]):
        yield {"status": STATUS_ORDER[order], "table": table, "rows": rows, "source": source}
