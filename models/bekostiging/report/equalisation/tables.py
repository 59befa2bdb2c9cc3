"""The tables of risk equalisation between providers in long format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from bekostiging.equalisation import DISCLOSURE_LIMIT, suppressed
from bekostiging.evaluation.figures import Unit
from bekostiging.report.equalisation.results import equalisation_results
from bekostiging.report.kit.estimates import read_estimate
from bekostiging.report.kit.long import Cell, LongTable, Row, estimated, side_by_side_table, study_figure
from bekostiging.report.kit.texts import Texts
from bekostiging.studies import EqualisationStudy
from bekostiging_solvers import Estimate


def equalisation_tables(study: EqualisationStudy, texts: Texts) -> list[LongTable]:
    """Every table of equalisation between providers; what is suppressed in results.json is empty here."""
    results = equalisation_results(study)["equalisation"]
    said = texts.sections["equalisation"]
    return [
        side_by_side_table(
            "norm_amounts", ("profile", "observable", "influenceable"), _norms(results["norm_amounts"], texts)
        ),
        side_by_side_table("norm_lots", ("lot",), _lots(study, texts)),
        side_by_side_table("groups", ("partition", "label"), _groups(results["groups"], texts)),
        side_by_side_table(
            "methods",
            ("method",),
            _figure_rows({said[name]: one for name, one in results["measures"].items()}, "method", texts),
        ),
        side_by_side_table("conditions", ("condition",), _conditions(study, texts)),
        side_by_side_table("transfers", ("provider",), _transfers(study, texts)),
        side_by_side_table("high_cost", ("method",), _high_cost(results["high_cost"], texts)),
        side_by_side_table("pool_shares", ("lot", "band_from", "band_to"), _pool_shares(results["pools"], texts)),
        side_by_side_table("pools", ("lot", "provider"), _pools(results["pools"], texts)),
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
            yield place | study_figure(texts, f"interval_{end}", one[end])


LOT_FIGURES = (
    "error_alternative", "error_profiles", "removed", "providers_alternative", "providers_profiles",
    "providers_difference",
)  # fmt: skip


def _lots(study: EqualisationStudy, texts: Texts) -> Iterator[Row]:
    """Norm amounts against one amount per care form in every lot."""
    for one in study.lots:
        place: dict[str, Cell] = {"lot": one.lot}
        yield place | _of_equalisation(texts, "clients", one.clients)
        for name in LOT_FIGURES:
            yield place | _of_equalisation(texts, name, getattr(one, name))


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


def _figure_rows(rows: Mapping[str, Mapping[str, float]], column: str, texts: Texts) -> Iterator[Row]:
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
