"""The tables of a comparison in long format: one row per figure, value and standard error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bekostiging.case import POLICIES, Case
from bekostiging.case.rows import STATUSES, Assumption
from bekostiging.case.tables import TABLES
from bekostiging.evaluation import PROVIDER_FIGURES, Comparison, DeterministicScenario, LumpSumResult, bridges
from bekostiging.evaluation.figures import PROVIDER_RESULT, SPENDING
from bekostiging.lumpsum import JudgedDesign, free_zone
from bekostiging.report.comparison.contracts import break_even_rows, ceiling_rows, exact_rows
from bekostiging.report.comparison.measures import measure_rows, substitution_rows
from bekostiging.report.comparison.waiting import corner_rows, headroom_rows
from bekostiging.report.kit.long import Cell, LongTable, Row, as_given, estimated
from bekostiging.report.kit.resistance import bridge_table, resistance_table, spending_rows
from bekostiging.report.kit.texts import Texts
from bekostiging_solvers import Estimate

FIGURE = ("figure", "value", "standard_error", "unit")
COLUMNS: dict[str, tuple[str, ...]] = {
    "spending": ("form", "municipality", "year", *FIGURE),
    "resistance": ("municipality", "year", "form", *FIGURE),
    "bridge": ("lot", *FIGURE),
    "providers": ("form", "provider", *FIGURE),
    "waiting": ("form", "corner", "care_form", *FIGURE),
    "headrooms": ("form", "headroom", "care_form", *FIGURE),
    "administration": ("form", "party", *FIGURE),
    "designs": ("design", "name", *FIGURE),
    "deciders": ("provider", "lot", *FIGURE),
    "budgets": ("design", "provider", "lot", "year", "budget", "reference", "loading"),
    "corridor": ("design", "lot", "layer", "lower", "upper", "share"),
    "limits": ("design", "limit", "value", "standard_error", "bound", "certainty", "holds", "unit"),
    "ceilings": ("provider", "lot", "year", "event", "month", "value", "unit"),
    "exact": ("contract", "layer", "figure", "value", "standard_error", "alarm", "unit"),
    "break_even": ("form", "figure", "yardstick", "value", "year", "unit"),
    "shocks": ("name", "form", "figure", "value", "unit", "source", "status"),
    "measures": ("name", "form", "figure", "value", "unit", "source", "status"),
    "substitution": ("name", "form", "figure", "value", "unit", "source", "status"),
    "calibration": ("name", "modelled", "published", "unit", "source", "status"),
}
"""Every table of a comparison and its columns; an empty table still has its header."""
ACROSS = {
    "spending": "form", "providers": "form", "waiting": "form", "headrooms": "form", "administration": "form",
    "budgets": "year",
    "ceilings": "month", "exact": "figure", "break_even": "form", "shocks": "form", "measures": "form",
    "substitution": "form",
}  # fmt: skip
"""What becomes columns in the readable form; rows stay rows elsewhere."""
MEASURES = {"budgets": ("budget", "reference", "loading"), "break_even": ("value", "year"), "ceilings": ("value",)}


def comparison_tables(outcome: Comparison, texts: Texts) -> list[LongTable]:
    """Every table of a comparison."""
    result = outcome.lumpsum
    found = bridges(outcome.case, outcome.cells, outcome.reference, result, result.judge.scramblings)
    spent = {str(form): one.municipalities for form, one in outcome.forms.items()}
    if outcome.mix is not None:
        spent["mix"] = outcome.mix.municipalities
    made: dict[str, Iterator[Row]] = {
        "spending": spending_rows(spent, texts),
        "providers": _providers(outcome),
        "waiting": corner_rows(outcome, texts),
        "headrooms": headroom_rows(outcome, texts),
        "administration": _administration(outcome, texts),
        "designs": design_rows(result, texts),
        "deciders": decider_rows(result, texts),
        "budgets": budget_rows(result, texts),
        "corridor": layer_rows(result, texts),
        "limits": limit_rows(result, texts),
        "ceilings": ceiling_rows(outcome),
        "exact": exact_rows(outcome),
        "break_even": break_even_rows(outcome),
        "shocks": deterministic_rows((outcome.plain, *outcome.shocks, *outcome.sensitivities), texts),
        "measures": measure_rows(outcome, texts),
        "substitution": substitution_rows(outcome, texts),
        "calibration": _calibration(outcome, texts),
    }
    others = [long_table(name, rows) for name, rows in made.items()]
    return [
        resistance_table(outcome.case, result.data, spent, texts),
        bridge_table(found, result.data, texts),
        *others,
    ]


def long_table(name: str, rows: Iterator[Row]) -> LongTable:
    """A table of ``COLUMNS`` with its rows."""
    measures = MEASURES.get(name, ("value", "standard_error"))
    return LongTable(name, COLUMNS[name], tuple(rows), ACROSS.get(name, ""), measures)


def origin_tables(case: Case, texts: Texts) -> list[LongTable]:
    """What a result leans on: every policy choice, and the assumptions by table, origin and source."""
    policy: Iterator[dict[str, Cell]] = (
        {
            "name": row.name,
            "scope": row.scope,
            "text": as_given(row.value),
            "measure": row.unit,
            "meaning": POLICIES[row.name].explained(texts.lang),
            "source": row.source,
            "status": texts["statuses", row.status],
        }
        for row in sorted(case.policy, key=lambda row: STATUSES.index(row.status))
    )
    columns = ("name", "scope", "text", "measure", "meaning", "source", "status")
    return [
        LongTable("policy", columns, tuple(policy)),
        LongTable("assumptions", ("status", "table", "rows", "source"), tuple(assumptions(case))),
    ]


def _providers(outcome: Comparison) -> Iterator[Row]:
    for form, result in outcome.forms.items():
        for provider, estimates in result.providers.items():
            for figure in PROVIDER_FIGURES:
                place: dict[str, Cell] = {"form": form, "provider": provider}
                yield place | estimated(figure, estimates.get(figure))


def _administration(outcome: Comparison, texts: Texts) -> Iterator[Row]:
    for form, result in outcome.forms.items():
        for party, estimates in result.administration.items():
            for figure, estimate in estimates.items():
                place: dict[str, Cell] = {"form": form, "party": texts["parties", party]}
                yield place | estimated(figure, estimate)


def shown_designs(result: LumpSumResult, texts: Texts) -> list[tuple[str, JudgedDesign]]:
    """The designs that are published whole, by name: the answer, without margin, and with free terms."""
    found = [("headline", result.headline), ("plain", result.plain)]
    if result.free is not None:
        found.append(("free", result.free))
    return [(texts["agreement", name], one) for name, one in found]


def design_rows(result: LumpSumResult, texts: Texts) -> Iterator[Row]:
    """What every design spends and certifies, and who gains and who loses by it."""
    for name, one in shown_designs(result, texts):
        if not one.design.feasible:
            continue
        total = texts["columns", "total"]
        rows: list[tuple[str, str, Estimate | float | None]] = [
            (total, "expected_spending", one.expected),
            (total, "tail_spending", one.tail),
            (total, "joint_certainty", one.joint_certainty),
        ]
        for m, code in enumerate(result.data.municipalities):
            rows += [
                (code, "expected_spending", one.spending[m]),
                (code, "tail_spending", one.tails[m]),
            ]
        rows += [(own, "expected_result", one.result[p]) for p, own in enumerate(result.data.providers)]
        rows += [(own, "buffer_used", float(one.design.capital[p])) for p, own in enumerate(result.data.providers)]
        for who, figure, value in rows:
            place: dict[str, Cell] = {"design": name, "name": who}
            yield place | estimated(texts.figure("study_figures", figure), value)


def decider_rows(result: LumpSumResult, texts: Texts) -> Iterator[Row]:
    """Who decides: the extra free equity, and loading and free zone per lot that it would allow."""
    for one in result.deciders:
        place: dict[str, Cell] = {"provider": one.provider, "lot": ""}
        yield place | estimated(texts.figure("study_figures", "extra_equity"), one.extra_equity)
        for j, lot in enumerate(result.data.lots):
            place = {"provider": one.provider, "lot": lot.name}
            zone = free_zone(lot, one.design.share[j])
            share = float(one.design.share[j].max(initial=0.0))
            for figure, value in (
                ("loading", float(one.design.loading[j])),
                ("free_zone", None if np.isinf(zone) else zone),
                ("shared", share),
            ):
                yield place | estimated(texts.figure("study_figures", figure), value)


def budget_rows(result: LumpSumResult, texts: Texts) -> Iterator[Row]:
    """Budget and reference amount of every contract and year under every design; no budget without one."""
    data = result.data
    for name, one in shown_designs(result, texts):
        design = one.design
        for c, (provider, lot) in enumerate(data.contracts):
            for t, year in enumerate(data.years):
                yield {
                    "design": name,
                    "provider": provider,
                    "lot": lot,
                    "year": year,
                    "budget": float(design.budget[c, t]) if design.feasible else None,
                    "reference": float(data.reference[c, t]),
                    "loading": float(design.loading[data.lot[c]]) if design.feasible else None,
                }


def layer_rows(result: LumpSumResult, texts: Texts) -> Iterator[Row]:
    """Layers of every lot with the share of the municipality under every design; no upper edge is no end."""
    for design, one in shown_designs(result, texts):
        for lot, share in zip(result.data.lots, one.design.share, strict=True):
            for k, name in enumerate(lot.corridor.names):
                upper = lot.corridor.upper[k]
                yield {
                    "design": design,
                    "lot": lot.name,
                    "layer": name,
                    "lower": float(lot.corridor.lower[k]),
                    "upper": None if np.isinf(upper) else float(upper),
                    "share": float(share[k]),
                }


def limit_rows(result: LumpSumResult, texts: Texts) -> Iterator[Row]:
    """Every limit of every design on scenarios that did not make it."""
    for design, one in shown_designs(result, texts):
        for check in one.checks:
            yield {
                "design": design,
                "limit": check.limit,
                "value": check.value,
                "standard_error": check.standard_error,
                "bound": check.most,
                "certainty": check.certainty,
                "holds": bool(check.holds),
                "unit": "euro",
            }


def deterministic_rows(deterministic_scenarios: Sequence[DeterministicScenario], texts: Texts) -> Iterator[Row]:
    """What every course spends and leaves providers under every form."""
    for scenario in deterministic_scenarios:
        for figure, values in (
            (SPENDING, scenario.spending),
            (PROVIDER_RESULT, scenario.provider_result),
        ):
            for form, value in values.items():
                yield estimated(figure, value) | {
                    "name": scenario.name[texts.lang],
                    "form": form,
                    "source": scenario.source,
                    "status": texts["statuses", scenario.status],
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


def assumptions(case: Case) -> Iterator[Row]:
    """Rows per table, status and source; the invented first."""
    counts: dict[tuple[int, str, str], int] = {}
    for table in TABLES:
        for row in getattr(case, table):
            if isinstance(row, Assumption):
                key = (STATUSES.index(row.status), table, row.source)
                counts[key] = counts.get(key, 0) + 1
    for (order, table, source), rows in sorted(counts.items(), key=lambda item: item[0][0]):
        yield {"status": STATUSES[order], "table": table, "rows": rows, "source": source}
