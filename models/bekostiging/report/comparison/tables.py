"""The tables of a comparison in long format: one row per figure, value and standard error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bekostiging.evaluation import PROVIDER_FIGURES, TOTAL, Comparison, DeterministicScenario, bridges
from bekostiging.evaluation.begroting_parts import compared_parts
from bekostiging.evaluation.figures import PROVIDER_RESULT, SPENDING
from bekostiging.report.comparison.clients import count_rows
from bekostiging.report.comparison.contracts import break_even_rows, ceiling_rows, exact_rows
from bekostiging.report.comparison.measures import measure_rows, national_rows, substitution_rows
from bekostiging.report.comparison.signals import signals_table
from bekostiging.report.comparison.waiting import corner_rows, headroom_rows
from bekostiging.report.kit.begroting import BudgetPage, begroting_form, municipal_budget_table
from bekostiging.report.kit.begroting_files import parts_tables
from bekostiging.report.kit.long import Cell, LongTable, Row, estimated, long_table
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.resistance import bridge_table, resistance_table, spending_rows
from bekostiging.report.lumpsum.tables import budget_rows, decider_rows, design_rows, layer_rows, limit_rows


def comparison_tables(outcome: Comparison, texts: Texts) -> list[LongTable]:
    """Every table of a comparison."""
    result = outcome.lumpsum
    lot_bridges = bridges(outcome.case, outcome.cells, outcome.reference, result, result.judge.scramblings)
    spent = {str(form): one.municipalities for form, one in outcome.forms.items()}
    if outcome.mix is not None:
        spent["mix"] = outcome.mix.municipalities
    rows_by_table: dict[str, Iterator[Row]] = {
        "spending": spending_rows(spent, texts),
        "clients": count_rows(outcome, texts),
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
        "national": national_rows(outcome.case, texts),
        "substitution": substitution_rows(outcome, texts),
        "calibration": _calibration(outcome, texts),
    }
    page = BudgetPage.of_comparison(outcome, texts)
    form = begroting_form(outcome)
    others = [long_table(name, rows) for name, rows in rows_by_table.items()]
    return [
        municipal_budget_table(page),
        *parts_tables(compared_parts(outcome, form), outcome.budget(form).lines[TOTAL], texts),
        resistance_table(outcome.case, result.data, spent, texts),
        bridge_table(outcome.case, lot_bridges, result.data, texts),
        *others,
        signals_table(outcome, texts),
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


def deterministic_rows(deterministic_scenarios: Sequence[DeterministicScenario], texts: Texts) -> Iterator[Row]:
    """Spending and the providers' result in every deterministic scenario, per payment form."""
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
