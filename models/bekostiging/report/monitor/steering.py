"""The page to steer by: what it would take to end within the begroting, measure by measure, and the years that are left."""

from __future__ import annotations

from typing import Any

from bekostiging.report.kit.numbers import UNKNOWN
from bekostiging.report.kit.paragraphs import Block, Grid, Heading, Paragraph, Points
from bekostiging.report.monitor.papers import MonthPapers
from bekostiging.studies.adjusting import Adjustment, Lever, WhatItTakes
from bekostiging.units import MONTHS, THOUSAND

MOST_PLACES = 40
"""Agreements on places that the page shows."""


def steering_blocks(papers: MonthPapers, adjustment: Adjustment) -> list[Block]:
    """The whole page."""
    blocks: list[Block] = [*what_it_takes_blocks(papers, adjustment)]
    blocks += _design(papers, adjustment)
    blocks += _places(papers, adjustment)
    if adjustment.notes:
        blocks.append(Points([note[papers.texts.lang] for note in adjustment.notes]))
    return blocks


def what_it_takes_blocks(papers: MonthPapers, adjustment: Adjustment) -> list[Block]:
    """How much of each measure alone would be needed, with the chance that it is enough."""
    takes = adjustment.takes
    heading = Heading(papers.said("takes"), 1)
    if takes is None:
        return [heading, Paragraph(papers.said("takes_none"))]
    key = "takes_gap" if takes.gap > 0 else "takes_room"
    percent = papers.texts.numbers.percent
    sentence = papers.said(key, gap=papers.euro(abs(takes.gap)), year=papers.year.year)
    certainty = percent(takes.certainty)
    keys = ("measure", "needed_mean", "chance_then", "needed_sure", "most_saves")
    rows = [[papers.said(name, certainty=certainty) for name in keys]]
    for lever in takes.levers:
        mean, sure = lever.needed(takes.budget), lever.needed(takes.budget, takes.certainty)
        most = float(takes.plain.mean() - lever.total[:, -1].mean())
        rows.append(
            [
                papers.said(f"lever_{lever.name}"),
                _size(papers, lever, mean),
                UNKNOWN if mean is None else papers.chance(lever.chance(takes.budget, mean)),
                _size(papers, lever, sure),
                papers.said(
                    "saves", size=_size(papers, lever, float(lever.sizes[-1])), euro=papers.thousands(most)
                ),
            ]
        )
    return [
        heading,
        Paragraph(sentence),
        Grid(rows, papers.said("takes_table"), papers.said("takes_note"), numbers=False),
    ]


def _size(papers: MonthPapers, lever: Lever, size: float | None) -> str:
    """A size in words: a part, or the month from which nobody starts."""
    if size is None:
        return papers.said("not_enough")
    if size == 0:
        return papers.said("nothing_needed")
    if lever.name == "stop":
        return papers.said("from_month", month=papers.month(MONTHS - round(size)).split()[0])
    return papers.texts.numbers.percent(size, 1)


def _design(papers: MonthPapers, adjustment: Adjustment) -> list[Block]:
    """The lump sum of the years that are left: budget by contract and year, loading and shares by lot."""
    result = adjustment.design
    if result is None:
        return []
    data, design, numbers = result.data, result.design, papers.texts.numbers
    first, last = data.years[0], data.years[-1]
    blocks: list[Block] = [Heading(papers.said("redesign", first=first, last=last), 1)]
    blocks.append(Paragraph(papers.said(f"redesign_{result.outcome}", first=first)))
    if not design.feasible:
        return blocks
    index = result.out_of_sample.index.mean(axis=0)
    rows = [
        [papers.said("contract"), *(str(year) for year in data.years), papers.said("today", year=papers.year.year)]
    ]
    total = [0] * (len(data.years) + 1)
    for c in range(len(data.lot)):
        indexed = [round(float(own) / THOUSAND) for own in design.budget[c] * index[c]]
        money = [*indexed, int(papers.money[c, 1])]
        total = [one + more for one, more in zip(total, money, strict=True)]
        rows.append([papers.contract_name(c), *map(numbers.plain, money)])
    rows.append([papers.said("together"), *map(numbers.plain, total)])
    blocks.append(
        Grid(rows, papers.said("redesign_budgets"), papers.said("redesign_note"), totals=(len(rows) - 1,))
    )
    terms = [[papers.said(key) for key in ("lot", "loading", "layer", "share")]]
    for j, lot in enumerate(data.lots):
        for k in range(len(lot.corridor.names)):
            low, high = float(lot.corridor.lower[k]), float(lot.corridor.upper[k])
            edge = (
                papers.said("layer_above", edge=numbers.percent(low))
                if lot.corridor.sign[k] > 0
                else papers.said("layer_below", edge=numbers.percent(high))
            )
            name = papers.names.get(lot.name, lot.name) if k == 0 else ""
            loading = numbers.percent(float(design.loading[j]), 2) if k == 0 else ""
            terms.append([name, loading, edge, numbers.percent(float(design.share[j][k]))])
    blocks.append(Grid(terms, papers.said("redesign_terms"), papers.said("redesign_terms_note"), right=(1, 3)))
    return blocks


def _places(papers: MonthPapers, adjustment: Adjustment) -> list[Block]:
    """Places to reserve in the first year that is left."""
    study = adjustment.capacity
    if study is None:
        return []
    year, plain = papers.year.year + 1, papers.texts.numbers.plain
    own = [row for row in study.agreements() if row["year"] == year and row["contracts"] > 0]
    rows = [[papers.said(key) for key in ("contract", "care_form", "places", "used")]]
    for row in own[:MOST_PLACES]:
        name = f"{papers.names[row['provider']]}, {papers.names[row['lot']]}"
        form = papers.names.get(row["care_form"], row["care_form"])
        band = papers.said("between", low=plain(row["used_low"]), high=plain(row["used_high"]))
        rows.append([name, form, plain(row["places"]), band])
    note = papers.said("places_note")
    if len(own) > MOST_PLACES:
        note = f"{papers.said('more_places', n=len(own) - MOST_PLACES)} {note}"
    return [
        Heading(papers.said("places_title", year=year), 1),
        Grid(rows, papers.said("places_table"), note, right=(2,)),
    ]


def steering_results(adjustment: Adjustment, lang: str) -> dict[str, Any]:
    """What the page says, as plain values."""
    result, study = adjustment.design, adjustment.capacity
    found: dict[str, Any] = {"what_it_takes": None, "lump_sum": None, "places": None}
    if adjustment.takes is not None:
        found["what_it_takes"] = _takes_results(adjustment.takes)
    if result is not None:
        data, design = result.data, result.design
        found["lump_sum"] = {"outcome": result.outcome, "years": list(data.years)}
        if design.feasible:
            index = result.out_of_sample.index.mean(axis=0)
            found["lump_sum"] |= {
                "contracts": [
                    {"lot": data.lots[int(j)].name, "budget": own.tolist(), "indexed": (own * index[c]).tolist()}
                    for c, (j, own) in enumerate(zip(data.lot, design.budget, strict=True))
                ],
                "lots": [
                    {
                        "lot": lot.name,
                        "loading": float(design.loading[j]),
                        "shares": dict(zip(lot.corridor.names, design.share[j].tolist(), strict=True)),
                    }
                    for j, lot in enumerate(data.lots)
                ],
            }
    if study is not None:
        found["places"] = study.to_frame().to_dict(orient="records")
    return {**found, "notes": [note[lang] for note in adjustment.notes]}


def _takes_results(takes: WhatItTakes) -> dict[str, Any]:
    """Every measure with what would be needed; an intake stop in months of the year that are left."""
    measures = []
    for lever in takes.levers:
        mean, sure = lever.needed(takes.budget), lever.needed(takes.budget, takes.certainty)
        measures.append(
            {
                "measure": lever.name,
                "sizes": lever.sizes.tolist(),
                "expected": lever.total.mean(axis=0).tolist(),
                "needed": mean,
                "chance": None if mean is None else lever.chance(takes.budget, mean),
                "needed_with_certainty": sure,
            }
        )
    return {
        "begroting": takes.budget,
        "certainty": takes.certainty,
        "expected": float(takes.plain.mean()),
        "measures": measures,
    }
