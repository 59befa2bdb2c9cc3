"""The tables of the studies in long format: lump sum alone, equalisation, sharing between municipalities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from bekostiging.case import POLICIES
from bekostiging.contracts import LUMP_SUM
from bekostiging.equalisation import DISCLOSURE_LIMIT, suppressed
from bekostiging.evaluation.figures import Unit
from bekostiging.lumpsum import FRACTIONS
from bekostiging.report.comparison.tables import (
    budget_rows,
    decider_rows,
    design_rows,
    layer_rows,
    limit_rows,
    long_table,
)
from bekostiging.report.equalisation.page import equalisation_results
from bekostiging.report.kit.estimates import read_estimate
from bekostiging.report.kit.long import Cell, LongTable, Row, as_given, estimated
from bekostiging.report.kit.resistance import FIGURE, bridge_table, resistance_table, spending_rows
from bekostiging.report.kit.texts import Texts
from bekostiging.report.sharing.page import MEASURES
from bekostiging.studies import EqualisationStudy, LumpSumStudy, SharingStudy
from bekostiging_solvers import Estimate

GAMES = ("alone", "euler", "shapley", "nucleolus", "saving")


def lumpsum_tables(study: LumpSumStudy, texts: Texts) -> list[LongTable]:
    """Every table of the lump sum alone."""
    result = study.lumpsum
    spent = {LUMP_SUM: study.spending} if study.spending else {}
    return [
        resistance_table(study.case, result.data, spent, texts),
        bridge_table(study.bridges, result.data, texts),
        long_table("spending", spending_rows(spent, texts)),
        long_table("designs", design_rows(result, texts)),
        long_table("deciders", decider_rows(result, texts)),
        long_table("budgets", budget_rows(result, texts)),
        long_table("corridor", layer_rows(result, texts)),
        long_table("limits", limit_rows(result, texts)),
        _by_figure("prices", ("limit",), _prices(study, texts)),
        _by_figure("requirements", ("lot",), _requirements(study, texts)),
        _by_figure("frontier", ("band", "share", "symmetric", "provider", "efficient"), _frontier(study, texts)),
        LongTable(
            "alternatives", ("alternative", "name", *FIGURE), tuple(_alternatives(study, texts)), "alternative"
        ),
        _by_figure("value_of_data", ("name",), _value_of_data(study, texts)),
        _by_figure("choices", ("name", "scope", "text", "meaning", "source", "status"), _choices(study, texts)),
        _by_figure("conflicts", ("limit",), _conflicts(study, texts)),
        _by_figure("relaxations", ("name", "limit"), _relaxations(study, texts)),
    ]


def _by_figure(name: str, keys: tuple[str, ...], rows: Iterator[Row]) -> LongTable:
    """A table whose figures stand side by side in its readable form."""
    return LongTable(name, (*keys, *FIGURE), tuple(rows), "figure")


def _figure(texts: Texts, name: str, value: Estimate | float | None) -> dict[str, Cell]:
    """The cells of a figure of [study_figures]."""
    return estimated(texts.figure("study_figures", name), value)


def _prices(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """Shadow prices and how far their limits may move."""
    for one in study.lumpsum.price_ranges:
        of_part = one.limit.kind in FRACTIONS
        place: dict[str, Cell] = {"limit": one.limit}
        for figure, value in (("price_expected", one.expected), ("price_tail", one.tail)):
            yield place | _figure(texts, f"{figure}_of_point" if of_part else figure, value)
        for end, edge in (("narrower", one.low), ("wider", one.high)):
            unit: Unit = "fraction" if of_part else "euro"
            yield place | _figure(texts, end, edge) | {"unit": unit}


def _requirements(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """The least free buffer to ask per lot, with its design."""
    for j, one in enumerate(study.lumpsum.requirements):
        place: dict[str, Cell] = {"lot": one.found.lot}
        yield place | _figure(texts, "requirement", one.found.requirement)
        design = one.found.design
        if design is not None:
            yield place | _figure(texts, "loading", float(design.loading[j]))
            yield place | _figure(texts, "shared", float(design.share[j].max(initial=0.0)))
        saves = (None, None) if one.saves is None else one.saves
        for figure, value in zip(("requirement_saves", "requirement_saves_tail"), saves, strict=True):
            yield place | _figure(texts, figure, value)


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
        yield place | _figure(texts, "tail", one.tail)
        yield place | _figure(texts, "weakest", one.weakest)


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
            yield place | _figure(texts, figure, value)


def _value_of_data(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """What knowing an item would save."""
    for one in study.value_of_data:
        place: dict[str, Cell] = {"name": texts["data_items", one.item]}
        yield place | _figure(texts, "knowing_value", one.value)
        yield place | _figure(texts, "knowing_without", one.without)


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
            yield place | _figure(texts, f"{end}_value", None if tried is None else tried.value)
            yield place | _figure(texts, f"change_{end}", None if tried is None else tried.expected)
            yield place | _figure(texts, f"change_{end}_tail", None if tried is None else tried.tail)


def _conflicts(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """Limits in conflict, by how many euros they would have to yield."""
    for one in study.lumpsum.design.conflicts:
        yield {"limit": one.limit} | _figure(texts, "missing", one.euro)


def _relaxations(study: LumpSumStudy, texts: Texts) -> Iterator[Row]:
    """What makes a design possible: per kinds of limits the least in sum, and each limit."""
    for one in study.lumpsum.design.relaxations:
        kinds = ", ".join(texts["relaxed", kind] for kind in one.kinds)
        yield {"name": kinds, "limit": ""} | _figure(texts, "relaxed_by", one.euro)
        for yields in one.limits:
            place: dict[str, Cell] = {"name": kinds, "limit": yields.limit}
            yield place | _figure(texts, "relaxed_by", yields.euro)


def equalisation_tables(study: EqualisationStudy, texts: Texts) -> list[LongTable]:
    """Every table of equalisation between providers; what is suppressed in results.json is empty here."""
    found = equalisation_results(study)["equalisation"]
    said = texts.sections["equalisation"]
    return [
        _by_figure(
            "norm_amounts", ("profile", "observable", "influenceable"), _norms(found["norm_amounts"], texts)
        ),
        _by_figure("groups", ("partition", "label"), _groups(found["groups"], texts)),
        _by_figure(
            "methods",
            ("method",),
            _each({said[name]: one for name, one in found["measures"].items()}, "method", texts),
        ),
        _by_figure("conditions", ("condition",), _conditions(study, texts)),
        _by_figure("transfers", ("provider",), _transfers(study, texts)),
        _by_figure("high_cost", ("method",), _high_cost(found["high_cost"], texts)),
        _by_figure("pool_shares", ("lot", "band_from", "band_to"), _pool_shares(found["pools"], texts)),
        _by_figure("pools", ("lot", "provider"), _pools(found["pools"], texts)),
    ]


def _of_equalisation(texts: Texts, name: str, figure: Estimate | float | None) -> dict[str, Cell]:
    """The cells of a figure of [equalisation]."""
    words = {"error": "error", "mean_absolute_error": "error", "predictive_ratio": "ratio"}.get(name, name)
    return estimated(texts.figure("equalisation", words), figure)


def _or_none(value: float | None, error: float | None) -> Estimate | None:
    """An estimate, unless it is suppressed."""
    return None if value is None else Estimate(value, error)


def _norms(rows: list[dict[str, Any]], texts: Texts) -> Iterator[Row]:
    """Norm amounts with their interval."""
    for one in rows:
        place = {name: one[name] for name in ("profile", "observable", "influenceable")}
        yield place | _of_equalisation(texts, "amount", _or_none(one["amount"], one["standard_error"]))
        for end in ("low", "high"):
            yield place | _figure(texts, f"interval_{end}", one[end])


def _groups(rows: list[dict[str, Any]], texts: Texts) -> Iterator[Row]:
    """Who is over- and undercompensated."""
    for one in rows:
        place: dict[str, Cell] = {"partition": one["partition"], "label": one["label"]}
        for name in ("clients", "mean_cost"):
            yield place | _of_equalisation(texts, name, one[name])
        yield (
            place | _of_equalisation(texts, "compensation", _or_none(one["compensation"], one["standard_error"]))
        )
        yield place | _of_equalisation(texts, "predictive_ratio", one["predictive_ratio"])


def _each(rows: Mapping[str, Mapping[str, float]], column: str, texts: Texts) -> Iterator[Row]:
    """Every figure of every row."""
    for key, own in rows.items():
        for name, value in own.items():
            yield {column: key} | _of_equalisation(texts, name, value)


def _conditions(study: EqualisationStudy, texts: Texts) -> Iterator[Row]:
    """What every condition costs."""
    for one in study.prices:
        place: dict[str, Cell] = {"condition": one.condition}
        for name in ("moved", "r_squared", "cpm"):
            yield place | _of_equalisation(texts, name, getattr(one, name))


def _transfers(study: EqualisationStudy, texts: Texts) -> Iterator[Row]:
    """Result and transfer of every provider; the result of few clients is suppressed."""
    clients = study.clients
    count = np.bincount(clients.provider, weights=clients.weight, minlength=len(clients.providers))
    hidden = suppressed(count.astype(np.float64), DISCLOSURE_LIMIT)
    for p, name in enumerate(clients.providers):
        yield {"provider": name} | _of_equalisation(texts, "clients", None if hidden[p] else float(count[p]))
        yield {"provider": name} | _of_equalisation(
            texts, "result", None if hidden[p] else float(study.results[p])
        )
        yield {"provider": name} | _of_equalisation(texts, "transfer", study.transfers[name])


def _high_cost(rows: list[dict[str, Any]], texts: Texts) -> Iterator[Row]:
    """Both pools for expensive clients."""
    for one in rows:
        place: dict[str, Cell] = {"method": texts["equalisation", one["kind"]]}
        unit: Unit = "euro" if one["kind"] == "outlier" else "number"
        yield place | _of_equalisation(texts, "threshold", one["threshold"]) | {"unit": unit}
        for name in ("largest", "spread", "power", "balance"):
            yield place | _of_equalisation(texts, name, one[name])


def _pool_shares(pools: list[dict[str, Any]], texts: Texts) -> Iterator[Row]:
    """Share of the pool per band of the distance to the reference amount."""
    for pool in pools:
        for (low, high), share in zip(pool["edges"], pool["share"], strict=True):
            place = {"lot": pool["lot"], "band_from": low, "band_to": high}
            yield place | _of_equalisation(texts, "share", share)


def _pools(pools: list[dict[str, Any]], texts: Texts) -> Iterator[Row]:
    """What the pool does to every provider."""
    for pool in pools:
        for one in pool["providers"]:
            place: dict[str, Cell] = {"lot": pool["lot"], "provider": one["provider"]}
            yield place | _of_equalisation(texts, "power", one["power"])
            for name in ("tail_before", "tail_after", "received"):
                yield place | _of_equalisation(texts, name, read_estimate(one[name]))
            for name in ("low", "high"):
                yield place | _of_equalisation(texts, name, one[name])


def sharing_tables(study: SharingStudy, texts: Texts) -> list[LongTable]:
    """Every table of sharing between municipalities."""
    return [
        LongTable("keys", ("key", "municipality", *FIGURE), tuple(_keys(study, texts)), "municipality"),
        LongTable("games", ("game", "municipality", *FIGURE), tuple(_games(study, texts)), "figure"),
        _by_figure("core", ("key", "coalition", "holds"), _core(study, texts)),
    ]


def _keys(study: SharingStudy, texts: Texts) -> Iterator[Row]:
    """Every figure of every municipality under every key; a year."""
    for key, results in study.keys.items():
        for code, one in zip(study.data.municipalities, results, strict=True):
            for name in (*MEASURES, "alone"):
                figure = texts.figure("sharing", "core_single" if name == "alone" else name)
                yield {"key": key, "municipality": code} | estimated(figure, getattr(one, name))


def _games(study: SharingStudy, texts: Texts) -> Iterator[Row]:
    """Every division of every game, and what all pay together; over the term."""
    for one in study.games:
        for m, code in enumerate(study.data.municipalities):
            for name in GAMES:
                values = getattr(one, name)
                if values is not None:
                    place: dict[str, Cell] = {"game": one.game, "municipality": code}
                    yield place | estimated(texts.figure("sharing", name), values[m])
        together: dict[str, Cell] = {"game": one.game, "municipality": texts["columns", "total"]}
        yield together | _figure(texts, "together", one.together)


def _core(study: SharingStudy, texts: Texts) -> Iterator[Row]:
    """The group that would gain most by leaving, per key."""
    for key, one in study.core.items():
        place: dict[str, Cell] = {"key": key, "coalition": " ".join(one.members), "holds": bool(one.holds)}
        yield place | _figure(texts, "cheaper_alone", one.euros)
