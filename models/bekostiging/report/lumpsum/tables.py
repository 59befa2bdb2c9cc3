"""The tables of the studies in long format: lump sum alone, equalisation, sharing between municipalities."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bekostiging.case import POLICIES
from bekostiging.contracts import LUMP_SUM
from bekostiging.evaluation import TOTAL, LumpSumResult
from bekostiging.evaluation.figures import Unit
from bekostiging.lumpsum import FRACTIONS, JudgedDesign, free_zone
from bekostiging.report.kit.begroting import BudgetPage, municipal_budget_table
from bekostiging.report.kit.begroting_files import parts_tables
from bekostiging.report.kit.long import (
    FIGURE_COLUMNS,
    Cell,
    LongTable,
    Row,
    as_given,
    estimated,
    long_table,
    side_by_side_table,
    study_figure,
)
from bekostiging.report.kit.texts import Texts
from bekostiging.report.lumpsum.resistance import bridge_table, resistance_table, spending_rows
from bekostiging.studies import LumpSumStudy
from bekostiging_solvers import Estimate


def lumpsum_tables(study: LumpSumStudy, texts: Texts) -> list[LongTable]:
    """Every table of the lump sum alone."""
    result = study.lumpsum
    spent = {LUMP_SUM: study.spending} if study.spending else {}
    page = BudgetPage.of_lump_sum(study, texts)
    return [
        *([] if page is None else [municipal_budget_table(page)]),
        *_parts(study, texts),
        resistance_table(study.case, result.data, spent, texts),
        bridge_table(study.case, study.bridges, result.data, texts),
        long_table("spending", spending_rows(spent, texts)),
        long_table("designs", design_rows(result, texts)),
        long_table("deciders", decider_rows(result, texts)),
        long_table("budgets", budget_rows(result, texts)),
        long_table("corridor", layer_rows(result, texts)),
        long_table("limits", limit_rows(result, texts)),
        side_by_side_table("prices", ("limit",), _prices(study, texts)),
        side_by_side_table("requirements", ("lot",), _requirements(study, texts)),
        side_by_side_table(
            "frontier", ("band", "share", "symmetric", "provider", "efficient"), _frontier(study, texts)
        ),
        LongTable(
            "alternatives",
            ("alternative", "name", *FIGURE_COLUMNS),
            tuple(_alternatives(study, texts)),
            "alternative",
        ),
        side_by_side_table("value_of_data", ("name",), _value_of_data(study, texts)),
        side_by_side_table(
            "choices", ("name", "scope", "text", "meaning", "source", "status"), _choices(study, texts)
        ),
        side_by_side_table("conflicts", ("limit",), _conflicts(study, texts)),
        side_by_side_table("relaxations", ("name", "limit"), _relaxations(study, texts)),
    ]


def _parts(study: LumpSumStudy, texts: Texts) -> list[LongTable]:
    """Taakvelden, lots and the way of each; none without a design."""
    if study.budget is None or study.parts is None:
        return []
    return parts_tables(study.parts, study.budget.lines[TOTAL], texts)


def _prices(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """Shadow prices and how far their limits may move."""
    for one in study.lumpsum.price_ranges:
        of_part = one.limit.kind in FRACTIONS
        place: dict[str, Cell] = {"limit": one.limit}
        for figure, value in (("price_expected", one.expected), ("price_tail", one.tail)):
            yield place | study_figure(texts, f"{figure}_of_point" if of_part else figure, value)
        for end, edge in (("narrower", one.low), ("wider", one.high)):
            unit: Unit = "fraction" if of_part else "euro"
            yield place | study_figure(texts, end, edge) | {"unit": unit}


def _requirements(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """The least free buffer to ask per lot, with its design."""
    for j, one in enumerate(study.lumpsum.requirements):
        place: dict[str, Cell] = {"lot": one.found.lot}
        yield place | study_figure(texts, "requirement", one.found.requirement)
        design = one.found.design
        if design is not None:
            yield place | study_figure(texts, "loading", float(design.loading[j]))
            yield place | study_figure(texts, "shared", float(design.share[j].max(initial=0.0)))
        saves = (None, None) if one.saves is None else one.saves
        for figure, value in zip(("requirement_saves", "requirement_saves_tail"), saves, strict=True):
            yield place | study_figure(texts, figure, value)


def _frontier(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """Every corridor tried; the designed one has no band."""
    for one in study.frontier:
        place: dict[str, Cell] = {
            "band": one.band,
            "share": None if one.band is None else one.share,
            "symmetric": bool(one.symmetric),
            "provider": one.provider,
            "efficient": bool(one.efficient),
        }
        yield place | study_figure(texts, "tail", one.tail)
        yield place | study_figure(texts, "weakest", one.weakest)


def _alternatives(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """Every alternative: what it costs, its terms, and what it changes for whom."""
    data = study.lumpsum.data
    for number, one in enumerate(study.alternatives):
        rows: list[tuple[str, str, Estimate | float]] = [
            ("", "more_spending", one.expected),
            ("", "more_tail", one.tail),
        ]
        rows += [(lot.name, "loading", float(one.design.loading[j])) for j, lot in enumerate(data.lots)]
        rows += [(name, "more_spending", own) for name, own in zip(data.municipalities, one.spending, strict=True)]
        rows += [(name, "more_result", own) for name, own in zip(data.providers, one.result, strict=True)]
        rows += [(name, "more_capital", float(own)) for name, own in zip(data.providers, one.capital, strict=True)]
        for j, lot in enumerate(data.lots):
            for layer, share in zip(lot.corridor.names, one.design.share[j], strict=True):
                rows.append((f"{lot.name}: {texts.layer(layer)}", "layer_share", float(share)))
        for name, figure, value in rows:
            place: dict[str, Cell] = {"alternative": number, "name": name}
            yield place | study_figure(texts, figure, value)


def _value_of_data(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """What knowing an item would save."""
    for one in study.value_of_data:
        place: dict[str, Cell] = {"name": texts["data_items", one.item]}
        yield place | study_figure(texts, "knowing_value", one.value)
        yield place | study_figure(texts, "knowing_without", one.without)


def _choices(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """Every policy choice, and what a tenth less and more does to spending."""
    for one in study.choices:
        place: dict[str, Cell] = {
            "name": one.name,
            "scope": one.scope,
            "text": as_given(one.value),
            "meaning": POLICIES[one.name].explained(texts.lang),
            "source": one.source,
            "status": texts["statuses", one.status],
        }
        for end, tried in (("lower", one.lower), ("higher", one.higher)):
            yield place | study_figure(texts, f"{end}_value", None if tried is None else tried.value)
            yield place | study_figure(texts, f"change_{end}", None if tried is None else tried.expected)
            yield place | study_figure(texts, f"change_{end}_tail", None if tried is None else tried.tail)


def _conflicts(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """Limits in conflict, by how many euros they would have to yield."""
    for one in study.lumpsum.design.conflicts:
        yield {"limit": one.limit} | study_figure(texts, "missing", one.euro)


def _relaxations(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """What makes a design possible: per kinds of limits the least in sum, and each limit."""
    for one in study.lumpsum.design.relaxations:
        kinds = ", ".join(texts["relaxed", kind] for kind in one.kinds)
        yield {"name": kinds, "limit": ""} | study_figure(texts, "relaxed_by", one.euro)
        for yields in one.limits:
            place: dict[str, Cell] = {"name": kinds, "limit": yields.limit}
            yield place | study_figure(texts, "relaxed_by", yields.euro)


def shown_designs(result: LumpSumResult, texts: Texts) -> list[tuple[str, JudgedDesign]]:
    """The designs that are published whole, by name: the answer, without margin, and with free terms."""
    designs = [("headline", result.headline), ("plain", result.plain)]
    if result.free is not None:
        designs.append(("free", result.free))
    return [(texts["agreement", name], one) for name, one in designs]


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
